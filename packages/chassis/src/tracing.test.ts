import { afterAll, beforeAll, expect, test } from 'bun:test'
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { Type } from '@sinclair/typebox'
import { subscribe, subscribeBulk, topic } from 'elysia-dapr'
import { type CollectedLog, collectLog, collectSpans } from '../test/collect.ts'
import { createBase } from './base.ts'
import { Problem } from './problem.ts'
import { startTelemetry } from './telemetry.ts'

const spans = collectSpans()
let end: () => Promise<void>

beforeAll(async () => {
  end = await startTelemetry({ service: 'test', processors: [spans] })
})

// Other tests of this process have no tracing.
afterAll(async () => {
  await end()
  trace.disable()
  context.disable()
  propagation.disable()
})

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

/** What the handler sees of the trace after an `await`, as a call to a sidecar would pass it on. */
function setUp({ log }: CollectedLog = collectLog()) {
  const passedOn: Record<string, string> = {}
  const app = createBase({ log })
    .get('/orders/:id', async ({ params }) => {
      await Promise.resolve()
      propagation.inject(context.active(), passedOn)
      log.info('found')
      return params.id
    })
    .get('/refused', () => {
      throw new Problem(409, 'changed')
    })
    .get('/broken', () => {
      throw new Error('broken')
    })
    .post('/orders', () => 'placed')
    .use(subscribe(topic('pubsub', 'placed', Type.Unknown()), () => undefined))
    .use(subscribe(topic('pubsub', 'raw', Type.Unknown()), () => undefined, { raw: true }))
    .use(subscribeBulk(topic('pubsub', 'bulk', Type.Unknown()), () => undefined))
  const post = (path: string, type: string, body: object) =>
    app.handle(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      }),
    )
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.handle(new Request(`http://localhost${path}`, { headers }))
  return { get, post, passedOn }
}

test('a request is a child of its caller’s span, and what it calls is a child of it', async () => {
  const { get, passedOn } = setUp()
  await get('/orders/7', { traceparent, baggage: 'tenant=a' })
  const span = await spans.next()
  expect(span.name).toBe('GET /orders/:id')
  expect(span.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331' })
  expect(span.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/orders/:id',
    'http.response.status_code': 200,
  })
  expect(passedOn).toEqual({
    traceparent: `00-${traceId}-${span.spanContext().spanId}-01`,
    baggage: 'tenant=a',
  })
})

test('without a caller it begins a trace', async () => {
  await setUp().get('/orders/7')
  expect((await spans.next()).parentSpanContext).toBeUndefined()
})

const event = { id: 'e1', source: 'orders', type: 'placed', specversion: '1.0', traceparent, data: {} }

test.each([
  ['placed', 'application/cloudevents+json', event],
  ['placed', 'application/cloudevents+json; charset=utf-8', event],
  ['raw', 'application/octet-stream', event],
])('an event is processed in one span, a child of the publisher’s: %s as %s', async (name, type, body) => {
  const { get, post } = setUp()
  await post(`/events/pubsub/${name}`, type, body)
  const span = await spans.next()
  expect(span.name).toBe(`process ${name}`)
  expect(span.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331' })
  await get('/orders/7')
  expect((await spans.next()).name).toBe('GET /orders/:id')
})

test('a bulk is processed in one span, linked to those of the publishers', async () => {
  const { get, post } = setUp()
  const entries = [{ entryId: '1', event, contentType: 'application/cloudevents+json' }]
  await post('/events/pubsub/bulk', 'application/json', { id: 'b1', topic: 'bulk', entries })
  const span = await spans.next()
  expect(span.name).toBe('process bulk')
  expect(span.links).toMatchObject([{ context: { traceId, spanId: 'b7ad6b7169203331' } }])
  await get('/orders/7')
  expect((await spans.next()).name).toBe('GET /orders/:id')
})

test('no caller keeps its request from having a span', async () => {
  const { get, post } = setUp()
  const nameOfNext = async () => (await spans.next()).name
  await post('/orders', 'application/cloudevents+json', event)
  expect(await nameOfNext()).toBe('POST /orders')
  await post('/events/pubsub/unknown', 'application/cloudevents+json', event)
  expect(await nameOfNext()).toBe('POST (no route)')
  await get('/orders/7?next=/healthz')
  expect(await nameOfNext()).toBe('GET /orders/:id')
})

test('requests at once keep their own traces', async () => {
  const { get } = setUp()
  const ids = ['1', '2', '3'].map(digit => digit.repeat(32))
  await Promise.all(ids.map(id => get('/orders/7', { traceparent: `00-${id}-b7ad6b7169203331-01` })))
  const seen = await Promise.all(ids.map(() => spans.next()))
  expect(seen.map(span => span.spanContext().traceId).sort()).toEqual(ids)
})

test('log lines carry the ids of the span', async () => {
  const collected = collectLog()
  await setUp(collected).get('/orders/7', { traceparent })
  const { spanId } = (await spans.next()).spanContext()
  expect(collected.lines).toMatchObject([
    { msg: 'found', service: 'test', trace_id: traceId, span_id: spanId },
  ])
})

test('only what fails on this side is an error', async () => {
  const collected = collectLog()
  const { get } = setUp(collected)
  await get('/refused')
  const refused = await spans.next()
  expect(refused.attributes['http.response.status_code']).toBe(409)
  expect(refused.status.code).toBe(SpanStatusCode.UNSET)

  await get('/broken')
  const broken = await spans.next()
  expect(broken.attributes['http.response.status_code']).toBe(500)
  expect(broken.status.code).toBe(SpanStatusCode.ERROR)
  expect(collected.lines).toMatchObject([{ level: 'error', trace_id: broken.spanContext().traceId }])
})

test('a path that is not there is no name for a span', async () => {
  await setUp().get('/wp-login.php')
  expect((await spans.next()).name).toBe('GET (no route)')
})

test('health probes leave no span', async () => {
  const { get } = setUp()
  await get('/healthz')
  await get('/orders/7')
  expect((await spans.next()).name).toBe('GET /orders/:id')
})
