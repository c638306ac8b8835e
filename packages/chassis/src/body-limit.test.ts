import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { endpoint, route, subscribe, topic } from 'elysia-dapr'
import { collectLog } from '../test/collect.ts'
import { createBase } from './base.ts'
import { maxBodyBytes, serverBodyBytes } from './body-limit.ts'

const body = Type.Object({ text: Type.String() })
const echo = endpoint({
  method: 'POST',
  path: '/echo',
  body,
  response: Type.Object({ size: Type.Integer() }),
})
const noted = topic('pubsub', 'noted', body)

const dropped: string[] = []
const app = createBase({ log: collectLog().log })
  .use(route(echo, ({ body }) => ({ size: body.text.length })))
  .use(subscribe(noted, () => undefined, { onDrop: (_, reason) => dropped.push(reason) }))

/** A body of exactly so many bytes. */
function bodyOf(bytes: number): string {
  return JSON.stringify({ text: 'x'.repeat(bytes - '{"text":""}'.length) })
}

function send(path: string, body: string | ReadableStream, headers: Record<string, string> = {}) {
  return app.handle(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }),
  )
}

/** Without a length, in chunks that cut characters into pieces. */
function streamed(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + 65_537))
      at += 65_537
    },
  })
}

test.each(['announced', 'streamed'])('a body as large as allowed is taken: %s', async kind => {
  const text = bodyOf(maxBodyBytes)
  const answer = await (kind === 'streamed'
    ? send('/echo', streamed(text))
    : send('/echo', text, { 'content-length': String(text.length) }))
  expect(await answer.json()).toEqual({ size: maxBodyBytes - '{"text":""}'.length })
})

test.each(['announced', 'streamed'])('a larger one is a 413: %s', async kind => {
  const text = bodyOf(maxBodyBytes + 1)
  const answer = await (kind === 'streamed'
    ? send('/echo', streamed(text))
    : send('/echo', text, { 'content-length': String(text.length) }))
  expect(answer.status).toBe(413)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await answer.json()).toMatchObject({
    code: 'body-too-large',
    detail: expect.stringContaining('1048576'),
  })
})

test('characters of several bytes survive the chunks', async () => {
  const text = JSON.stringify({ text: `a${'é€😀'.repeat(30_000)}` })
  expect(await (await send('/echo', streamed(text))).json()).toEqual({ size: 1 + 4 * 30_000 })
})

test('a streamed body that is no JSON is malformed', async () => {
  const answer = await send('/echo', streamed('{"text":'))
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'malformed-body' }])
})

test('a streamed event that is no JSON is dropped, not retried for ever', async () => {
  const answer = await send('/events/pubsub/noted', streamed('{"id":'), {
    'content-type': 'application/cloudevents+json',
  })
  expect(await answer.json()).toEqual({ status: 'DROP' })
  expect(dropped).toEqual(['not a CloudEvent'])
})

test('over the wire too', async () => {
  const server = createBase({ log: collectLog().log })
    .use(route(echo, ({ body }) => ({ size: body.text.length })))
    .listen({ hostname: '127.0.0.1', port: 0, maxRequestBodySize: serverBodyBytes })
  const url = `http://127.0.0.1:${server.server?.port}/echo`
  const large = bodyOf(maxBodyBytes + 1)
  const huge = bodyOf(maxBodyBytes * 20)
  for (const body of [() => large, () => streamed(large), () => huge, () => streamed(huge)]) {
    for (const type of ['application/json', 'text/plain']) {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: body() })
      expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'body-too-large' }])
    }
  }
  await server.stop(true)
})

test.each([
  ['Application/JSON', 200, { size: 9 }],
  ['application/vnd.shop.note+json; version=1', 200, { size: 9 }],
  ['text/plain', 415, { code: 'unsupported-media-type' }],
  ['multipart/form-data', 415, { code: 'unsupported-media-type' }],
])('the type of a body counts the same however it is sent: %s', async (type, status, body) => {
  const text = bodyOf(20)
  for (const answer of [
    await send('/echo', streamed(text), { 'content-type': type }),
    await send('/echo', text, { 'content-type': type, 'content-length': '20' }),
  ]) {
    expect([answer.status, await answer.json()]).toMatchObject([status, body])
  }
})
