import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { failureOf, localServer } from '../../test/local-server.ts'
import { topic } from '../contract.ts'
import { BulkPublishError } from '../errors.ts'
import { type PublishOptions, publish } from './publish.ts'
import { publishBulk } from './publish-bulk.ts'

const anything = topic('pubsub', 'any/thing', Type.Unknown())

/** A sidecar that keeps what it is sent. */
function setUp(answer: () => Response = () => new Response(null, { status: 204 })) {
  const sent: { path: string; type: string | null; body: string }[] = []
  const server = localServer(async request => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/v1.0/metadata') return Response.json({ id: 'shop', runtimeVersion: '1.18.2' })
    sent.push({
      path: decodeURIComponent(pathname + search),
      type: request.headers.get('content-type'),
      body: await request.text(),
    })
    return answer()
  })
  return { sent, sidecar: server.sidecar(), [Symbol.dispose]: () => server[Symbol.dispose]() }
}

test('daprd makes the envelope of what is plain', async () => {
  using server = setUp()
  await publish(
    server.sidecar,
    anything,
    { units: 3 },
    { id: 'e1', ttl: 60, metadata: { partitionKey: 'a' } },
  )
  await publish(server.sidecar, anything, 'text', { contentType: 'text/plain; charset=utf-8' })
  await publish(server.sidecar, anything, Uint8Array.of(65))
  const path = '/v1.0/publish/pubsub/any/thing'
  expect(server.sent).toEqual([
    {
      path: `${path}?metadata.partitionKey=a&metadata.ttlInSeconds=60&metadata.cloudevent.id=e1`,
      type: 'application/json',
      body: '{"units":3}',
    },
    { path, type: 'text/plain; charset=utf-8', body: 'text' },
    { path, type: 'application/octet-stream', body: 'A' },
  ])
})

test('what daprd would make a text of has its envelope already', async () => {
  using server = setUp()
  await publish(
    server.sidecar,
    anything,
    { units: 3 },
    { contentType: 'application/vnd.shop+json', id: 'e1', ttl: 5 },
  )
  await publish(server.sidecar, anything, Uint8Array.of(65), {
    contentType: 'image/png',
    source: 'me',
    type: 'pic',
  })
  expect(server.sent[0]?.path).toBe('/v1.0/publish/pubsub/any/thing?metadata.ttlInSeconds=5')
  expect(server.sent.map(({ type }) => type)).toEqual([
    'application/cloudevents+json',
    'application/cloudevents+json',
  ])
  const [json, picture] = server.sent.map(({ body }) => JSON.parse(body))
  expect(json).toEqual({
    specversion: '1.0',
    id: 'e1',
    source: 'shop',
    type: 'com.dapr.event.sent',
    datacontenttype: 'application/vnd.shop+json',
    data: { units: 3 },
  })
  expect(picture).toMatchObject({
    source: 'me',
    type: 'pic',
    datacontenttype: 'image/png',
    data_base64: 'QQ==',
  })
})

test('the app ID is asked for once, whoever publishes, and again when the sidecar was gone', async () => {
  let asked = 0
  let id = 'shop'
  const sources: unknown[] = []
  let refuses = false
  using server = localServer(async request => {
    if (request.url.endsWith('/v1.0/metadata')) {
      asked += 1
      return Response.json({ id, runtimeVersion: '1.18.2' })
    }
    if (refuses) return await new Promise<Response>(() => undefined)
    const sent = [await request.json()].flat() as { event?: { source: string }; source?: string }[]
    sources.push(...sent.map(({ event, source }) => event?.source ?? source))
    return new Response(null, { status: 204 })
  })
  const image = { contentType: 'image/svg+xml' }
  const entries = Array.from({ length: 50 }, () => ({ data: 'x', ...image }))
  await publishBulk(server.sidecar(), anything, entries)
  await publish(server.sidecar(), anything, 'x', image)
  expect(asked).toBe(1)
  id = 'another'
  refuses = true
  await failureOf(publish(server.sidecar(), anything, 'x', { ...image, timeout: 20 }))
  refuses = false
  await publish(server.sidecar(), anything, 'x', image)
  expect(asked).toBe(2)
  expect(sources).toEqual([...Array(51).fill('shop'), 'another'])
})

test('entries of a bulk always have metadata: daprd gives those of the call to no others', async () => {
  using server = setUp()
  const entries = [
    { data: 1, id: 'e1' },
    { data: 'x', contentType: 'text/plain' },
    { data: Uint8Array.of(65) },
  ]
  await publishBulk(server.sidecar, anything, entries, { metadata: { priority: 'high' } })
  expect(server.sent[0]?.path).toBe('/v1.0/publish/bulk/pubsub/any/thing?metadata.priority=high')
  expect(JSON.parse(server.sent[0]?.body ?? '')).toEqual([
    { entryId: '0', event: 1, contentType: 'application/json', metadata: { 'cloudevent.id': 'e1' } },
    { entryId: '1', event: 'x', contentType: 'text/plain', metadata: {} },
    { entryId: '2', event: 'QQ==', contentType: 'application/octet-stream', metadata: {} },
  ])
})

test('raw entries of a bulk are bytes, which daprd does not write anew', async () => {
  using server = setUp()
  await publishBulk(server.sidecar, anything, [{ data: { a: '<' } }], { raw: true })
  expect(server.sent[0]?.path).toEndWith('?metadata.rawPayload=true')
  const [{ event, contentType }] = JSON.parse(server.sent[0]?.body ?? '')
  expect([contentType, atob(event)]).toEqual(['application/octet-stream', '{"a":"<"}'])
})

test('the entries that failed are named', async () => {
  const body = {
    failedEntries: [{ entryId: '1', error: 'full' }, { entryId: '0' }],
    errorCode: 'ERR_PUBSUB_PUBLISH_MESSAGE',
  }
  using server = setUp(() => Response.json(body, { status: 500 }))
  const error = await failureOf(publishBulk(server.sidecar, anything, [{ data: 1 }, { data: 2 }]))
  expect(error).toBeInstanceOf(BulkPublishError)
  expect(error).toMatchObject({
    message: '2 events were not published to any/thing: full',
    failed: [
      { index: 1, error: 'full' },
      { index: 0, error: 'unknown' },
    ],
    status: 500,
    code: 'ERR_PUBSUB_PUBLISH_MESSAGE',
    retryable: true,
    body,
  })
})

describe('nothing is sent for', () => {
  test.each<[string, unknown, PublishOptions]>([
    ['data that JSON has no word for', undefined, {}],
    ['a function', () => 1, {}],
    ['a bigint', 1n, {}],
    ['a value of a type that is not JSON', { a: 1 }, { contentType: 'text/plain' }],
    ['no time to live', 1, { ttl: 0 }],
    ['half a second to live', 1, { ttl: 0.5 }],
    ['a raw event with an id', 1, { raw: true, id: 'e1' }],
    ['a raw event with a subject', 1, { raw: true, subject: 's' }],
  ])('%s', async (_, data, { raw, ...event }) => {
    using server = setUp()
    expect(
      await failureOf(publish(server.sidecar, anything, data, { ...event, ...(raw && { raw }) })),
    ).toBeInstanceOf(TypeError)
    const bulk = publishBulk(server.sidecar, anything, [{ data: 1 }, { data, ...event }], {
      ...(raw && { raw }),
    })
    expect(await failureOf(bulk)).toBeInstanceOf(TypeError)
    expect(server.sent).toEqual([])
  })

  test('a topic that does not fit into a URL, and no entries', async () => {
    using server = setUp()
    const nameless = topic('pubsub', '..', Type.Unknown())
    expect(await failureOf(publish(server.sidecar, nameless, 1))).toBeInstanceOf(TypeError)
    expect(await failureOf(publishBulk(server.sidecar, nameless, []))).toBeInstanceOf(TypeError)
    await publishBulk(server.sidecar, anything, [])
    expect(server.sent).toEqual([])
  })
})
