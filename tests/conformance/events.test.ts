import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  BulkPublishError,
  DaprError,
  dapr,
  publish,
  publishBulk,
  retry,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually, failureOf, startBroker } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'
import { retries } from './resiliency.ts'

setDefaultTimeout(60_000)

const anything = pubsubTopic('anything')
const bytes = pubsubTopic('bytes', Type.Uint8Array())
const numbers = pubsubTopic('numbers', Type.Object({ id: Type.Integer() }))
const digits = pubsubTopic('digits', Type.Object({ id: Type.Union([Type.Integer(), Type.String()]) }))
const failing = pubsubTopic('failing', Type.Object({ how: Type.String() }))
const slow = pubsubTopic('slow')
const slowDropped = pubsubTopic('slow-dropped')
const strange = pubsubTopic('urn:a b/c*d?e#f%g')
const prefixed = pubsubTopic('prefixed')

const box = inbox()
const attempts = new Map<string, number>()
const dropped: { id: string | undefined; reason: string }[] = []
const retried: { id: string; reason: string }[] = []
const aborted: string[] = []
const options = {
  onDrop: ({ id }: { id?: string }, reason: string) => void dropped.push({ id, reason }),
  onRetry: ({ id }: { id: string }, reason: string) => void retried.push({ id, reason }),
}

function attempt(id: string): number {
  const number = (attempts.get(id) ?? 0) + 1
  attempts.set(id, number)
  return number
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(dapr({ appToken }))
    .use(subscribe(anything, box.keep))
    .use(subscribe(bytes, box.keep, options))
    .use(subscribe(numbers, box.keep, options))
    .use(subscribe(digits, box.keep))
    .use(
      subscribe(
        failing,
        context => {
          const { data, event } = context
          if (attempt(event.id) < 3) {
            if (data.how === 'retry') return retry('not yet')
            throw Object.assign(new Error('not yet'), { status: data.how === 'not found' ? 404 : 500 })
          }
          return box.keep(context)
        },
        options,
      ),
    )
    .use(
      subscribe(
        slow,
        async context => {
          if (attempt(context.event.id) > 1) return box.keep(context)
          await untilAborted(context.signal)
          aborted.push(context.event.id)
        },
        { ...options, timeout: 100 },
      ),
    )
    .use(
      subscribe(
        slowDropped,
        async ({ event, signal }) => {
          attempt(event.id)
          await untilAborted(signal)
        },
        { ...options, timeout: 100, onTimeout: 'drop' },
      ),
    )
    .use(subscribe(strange, box.keep))
    .use(new Elysia({ prefix: '/v1' }).group('/inner', inner => inner.use(subscribe(prefixed, box.keep))))

let sidecar: Daprd

beforeAll(async () => {
  const resources = [
    component('pubsub', 'pubsub.in-memory'),
    component('limited', 'pubsub.in-memory', { publishingScopes: 'events=allowed' }),
    retries(5),
  ]
  sidecar = await daprd({ app, appId: 'events', resources })
}, 120_000)

afterAll(() => sidecar?.[Symbol.asyncDispose]())

describe('an event', () => {
  test('has what its publisher gave, and the rest from daprd', async () => {
    await publish(
      sidecar,
      anything,
      { units: 3 },
      { id: 'given', source: 'shop', type: 'placed', subject: 's1' },
    )
    const { event } = await box.find(anything, ({ event }) => event.id === 'given')
    expect(event).toMatchObject({
      id: 'given',
      source: 'shop',
      type: 'placed',
      subject: 's1',
      specversion: '1.0',
      datacontenttype: 'application/json',
      topic: 'anything',
      pubsubname: 'pubsub',
      data: { units: 3 },
    })
    await publish(sidecar, anything, { units: 4 })
    const { event: other } = await box.find(anything, ({ data }) => Bun.deepEquals(data, { units: 4 }))
    expect(other).toMatchObject({ source: 'events', type: 'com.dapr.event.sent' })
    expect(other.id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['zero', 0],
    ['false', false],
    ['null', null],
    ['an empty text', ''],
    ['an empty object', {}],
    ['text of any language', 'žluťoučký 🐎 日本語 \u2028 <&> "\\'],
    ['a large safe integer', Number.MAX_SAFE_INTEGER],
    ['a large number', 1.5e300],
  ])('keeps its data: %s', async (name, data) => {
    await publish(sidecar, anything, data, { id: name })
    expect((await box.find(anything, ({ event }) => event.id === name)).data).toEqual(data as never)
    await publishBulk(sidecar, anything, [{ data, id: `${name} in bulk` }])
    expect((await box.find(anything, ({ event }) => event.id === `${name} in bulk`)).data).toEqual(
      data as never,
    )
  })

  test.each([
    ['application/octet-stream', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['image/png', Uint8Array.of(137, 80, 78, 71, 255)],
    ['application/octet-stream', new Uint8Array()],
  ])('keeps bytes of the type %s', async (contentType, data) => {
    const id = `${contentType} ${data.length}`
    await publish(sidecar, bytes, data, { id, contentType })
    const { event } = await box.find(bytes, ({ event }) => event.id === id)
    expect(event).toMatchObject({ source: 'events', datacontenttype: contentType })
    expect(event.data).toEqual(data)
    await publishBulk(sidecar, bytes, [{ data, contentType, id: `${id} in bulk` }])
    expect((await box.find(bytes, ({ event }) => event.id === `${id} in bulk`)).data).toEqual(data)
  })

  test.each([
    ['text/plain', 'text'],
    ['application/xml', '<a/>'],
    ['application/vnd.shop.order+json', { units: 3 }],
  ])('keeps the type of its data: %s', async (contentType, data) => {
    await publish(sidecar, anything, data, { id: contentType, contentType })
    const { event } = await box.find(anything, ({ event }) => event.id === contentType)
    expect(event).toMatchObject({ datacontenttype: contentType, data })
  })

  test('that is no bytes is dropped where bytes are wanted', async () => {
    await publish(sidecar, pubsubTopic('bytes'), 'text', { id: 'no-bytes' })
    expect(await eventually(() => dropped.find(({ id }) => id === 'no-bytes'))).toMatchObject({
      reason: 'data: Expected Uint8Array',
    })
  })

  test('with an integer beyond 2^53 is not rounded: a schema of integers refuses it, one of texts gets its digits', async () => {
    const body = '{"id":9007199254740993}'
    for (const { name } of [numbers, digits]) {
      const path = `/v1.0/publish/pubsub/${name}?metadata.cloudevent.id=${name}`
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
      expect((await sidecar.request(path, init)).status).toBe(204)
    }
    expect((await box.find(digits)).data).toEqual({ id: '9007199254740993' })
    expect(await eventually(() => dropped.find(({ id }) => id === 'numbers'))).toMatchObject({
      reason: 'data/id: Expected integer',
    })
    expect(box.of(numbers)).toEqual([])
  })

  test('says when its time to live is over', async () => {
    await publish(sidecar, anything, 'short', { id: 'short', ttl: 3600 })
    const { event } = await box.find(anything, ({ event }) => event.id === 'short')
    const { expiration } = event as { expiration?: string }
    expect(Date.parse(expiration ?? '') - Date.now()).toBeGreaterThan(3_500_000)
  })

  test('comes by a topic of any name', async () => {
    await publish(sidecar, strange, 'strange')
    expect((await box.find(strange)).data).toBe('strange')
  })

  test('comes to a subscription below a prefix and in a group', async () => {
    await publish(sidecar, prefixed, 'prefixed')
    expect((await box.find(prefixed)).data).toBe('prefixed')
  })
})

describe('a handler', () => {
  test.each(['throw', 'not found', 'retry'])('gets the event again: %s', async how => {
    await publish(sidecar, failing, { how }, { id: how })
    await box.find(failing, ({ event }) => event.id === how)
    expect(attempts.get(how)).toBe(3)
    expect(retried.filter(({ id }) => id === how).map(({ reason }) => reason)).toEqual(
      how === 'retry' ? ['not yet', 'not yet'] : [],
    )
  })

  test('that takes too long has its signal aborted, and gets the event again', async () => {
    await publish(sidecar, slow, null, { id: 'slow' })
    await box.find(slow)
    expect(attempts.get('slow')).toBe(2)
    expect(aborted).toEqual(['slow'])
    expect(retried).toContainEqual({ id: 'slow', reason: 'not handled within 100 ms' })
  })

  test('that takes too long can lose it instead', async () => {
    await publish(sidecar, slowDropped, null, { id: 'late' })
    await eventually(() => dropped.find(({ id }) => id === 'late'))
    await publish(sidecar, slowDropped, null, { id: 'later' })
    await eventually(() => dropped.find(({ id }) => id === 'later'))
    expect(attempts.get('late')).toBe(1)
  })
})

test('without a retry policy the broker delivers again what failed', async () => {
  await using broker = await startBroker({ ackWaitSeconds: 1 })
  const flaky = topic('broker', 'flaky', Type.Unknown())
  const ids: string[] = []
  await using other = await daprd({
    app: ({ appToken }) =>
      new Elysia().use(dapr({ appToken })).use(
        subscribe(flaky, ({ event }) => {
          ids.push(event.id)
          if (ids.filter(id => id === event.id).length < 2) throw new Error('not yet')
        }),
      ),
    resources: [broker.component('broker')],
  })
  await eventually(async () => {
    if (ids.length === 0) await publish(other, flaky, 1)
    return ids.length > new Set(ids).size || undefined
  })
})

test('the signal is aborted when daprd no longer waits for the answer', async () => {
  const patient = pubsubTopic('patient')
  const given: string[] = []
  const impatience = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'impatience' },
    spec: {
      policies: { timeouts: { soon: '200ms' } },
      targets: { components: { pubsub: { inbound: { timeout: 'soon' } } } },
    },
  }
  await using other = await daprd({
    app: ({ appToken }) =>
      new Elysia().use(dapr({ appToken })).use(
        subscribe(patient, async ({ event, signal }) => {
          await untilAborted(signal)
          given.push(event.id)
        }),
      ),
    resources: [component('pubsub', 'pubsub.in-memory'), impatience],
  })
  await publish(other, patient, 1, { id: 'waited-for' })
  await eventually(() => (given.includes('waited-for') ? true : undefined))
})

describe('publishing', () => {
  const nobody = pubsubTopic('nobody')
  const limit = 4 * 2 ** 20

  test('4 MiB are taken and delivered, more is a 413 that no retry helps', async () => {
    const most = 'x'.repeat(limit - 2)
    await publish(sidecar, anything, most, { id: 'most' })
    const { data } = await box.find(anything, ({ event }) => event.id === 'most')
    // Not by toBe, which would print both.
    expect([String(data).length, data === most]).toEqual([limit - 2, true])
    const more = 'x'.repeat(limit)
    const failure = { name: 'DaprError', status: 413, code: 'BODY_TOO_LARGE', retryable: false }
    expect(await failureOf(publish(sidecar, nobody, more))).toMatchObject(failure)
    expect(await failureOf(publishBulk(sidecar, nobody, [{ data: more }]))).toMatchObject(failure)
  })

  test.each([
    ['a topic that is another’s', topic('limited', 'other', Type.Unknown()), 403, 'ERR_PUBSUB_FORBIDDEN'],
    ['a component that is not there', topic('nowhere', 'any', Type.Unknown()), 404, 'ERR_PUBSUB_NOT_FOUND'],
  ])('to %s rejects', async (_, target, status, code) => {
    for (const call of [
      () => publish(sidecar, target, 1),
      () => publishBulk(sidecar, target, [{ data: 1 }]),
    ]) {
      const error = await failureOf(call())
      expect(error).toMatchObject({ status, code })
      expect(error).toBeInstanceOf(DaprError)
      expect(error).not.toBeInstanceOf(BulkPublishError)
    }
  })

  test('no entries is nothing to do', async () => {
    expect(await publishBulk(sidecar, nobody, [])).toBeUndefined()
  })

  test('each entry that the broker does not take is named, and only those', async () => {
    await using broker = await startBroker()
    const kept = topic('broker', 'kept', Type.String())
    const box = inbox()
    await using other = await daprd({
      app: ({ appToken }) => new Elysia().use(dapr({ appToken })).use(subscribe(kept, box.keep)),
      resources: [broker.component('broker')],
    })
    // A new subscriber gets what is published once the broker knows it, and nothing tells when that is.
    await eventually(async () => {
      await publish(other, kept, 'first')
      return box.of(kept)[0]
    })
    const metadata = { retain: 'perhaps' }
    const entries = [{ data: 'a' }, { data: 'b', metadata }, { data: 'c' }, { data: 'd', metadata }]
    const error = await failureOf(publishBulk(other, kept, entries))
    expect(error).toBeInstanceOf(BulkPublishError)
    expect(error).toMatchObject({ name: 'BulkPublishError', status: 500, code: 'ERR_PUBSUB_PUBLISH_MESSAGE' })
    const { failed } = error as BulkPublishError
    expect(failed.map(({ index }) => index).sort()).toEqual([1, 3])
    expect(failed[0]?.error).toContain('invalid retain')
    for (const data of ['a', 'c']) await box.find(kept, one => one.data === data)
    expect(box.of(kept).some(({ data }) => data === 'b' || data === 'd')).toBe(false)
  })
})
