import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import {
  dapr,
  drop,
  publish,
  publishBulk,
  retry,
  subscribe,
  subscribeBulk,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  spans,
  startTracing,
  trace,
} from '../../packages/elysia-dapr/test/traced.ts'
import { component, daprd, eventually } from './environment.ts'
import { pubsubTopic } from './events-setup.ts'
import { retries } from './resiliency.ts'

setDefaultTimeout(60_000)

const orders = pubsubTopic('orders')
const bulk = pubsubTopic('bulk')
const raw = pubsubTopic('raw')

let inside: Record<string, string>[] = []
const lookInside = () => {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  inside.push(carrier)
}
let end: () => void

beforeAll(() => {
  end = startTracing()
})

// Other tests of this process have no tracing.
afterAll(() => end())

beforeEach(() => {
  spans.reset()
  inside = []
})

const ended = (name: string, count = 1) =>
  eventually(() => {
    const found = spans.getFinishedSpans().filter(span => span.name === name)
    return found.length >= count ? found : undefined
  })

/** Runs what a request of the publisher would do, in its span, with baggage if any. */
async function within(run: () => Promise<void>, baggage?: string): Promise<Span> {
  const span = trace.getTracer('test').startSpan('place order')
  let active = trace.setSpan(context.active(), span)
  if (baggage)
    active = propagation.setBaggage(active, propagation.createBaggage({ tenant: { value: baggage } }))
  await context.with(active, run)
  span.end()
  return span
}

describe.each([
  ['off', { samplingRate: '0' }],
  ['as daprd has it', undefined],
  ['on', { samplingRate: '1' }],
])('with daprd’s own tracing %s', (_, tracing) => {
  let sidecar: Daprd

  beforeAll(async () => {
    sidecar = await daprd({
      appId: 'traced',
      app: ({ appToken }) =>
        new Elysia()
          .use(dapr({ appToken }))
          .use(
            subscribe(orders, async ({ data, event }) => {
              await Promise.resolve()
              lookInside()
              if (data === 'drop') return drop('unwanted')
              if (data === 'fail' && spans.getFinishedSpans().length < 2) return retry(`not yet ${event.id}`)
              if (data === 'throw' && spans.getFinishedSpans().length < 2)
                throw new Error('database is locked')
              return undefined
            }),
          )
          .use(subscribeBulk(bulk, lookInside, { maxAwait: 20 }))
          .use(subscribe(raw, lookInside, { raw: true })),
      resources: [component('pubsub', 'pubsub.in-memory'), retries(2)],
      configuration: { ...(tracing && { tracing }) },
    })
  }, 120_000)

  afterAll(() => sidecar?.[Symbol.asyncDispose]())

  test.each([
    ['alone', (id: string) => publish(sidecar, orders, 1, { id })],
    ['in a bulk', (id: string) => publishBulk(sidecar, orders, [{ data: 1, id }])],
  ])('a handler’s span is a child of the publisher’s: published %s', async (_, send) => {
    const publisher = await within(() => send('e1'))
    const [span] = await ended('process orders')
    expect(span).toMatchObject({ kind: SpanKind.CONSUMER, links: [], status: { code: SpanStatusCode.UNSET } })
    expect(span?.parentSpanContext).toMatchObject({ ...ids(publisher), isRemote: true })
    expect(span?.attributes).toEqual({
      'messaging.system': 'dapr',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'orders',
      'messaging.message.id': 'e1',
    })
    const { traceId, spanId } = span?.spanContext() ?? {}
    expect(inside).toEqual([{ traceparent: `00-${traceId}-${spanId}-01` }])
  })

  test.each([
    ['alone', () => publish(sidecar, orders, { units: 1 }, { id: 'e2', subject: 's' })],
    ['in a bulk', () => publishBulk(sidecar, orders, [{ data: { units: 1 }, id: 'e2', subject: 's' }])],
  ])('baggage comes with the event: published %s', async (_, send) => {
    const publisher = await within(send, 'žluť')
    const [span] = await ended('process orders')
    expect(span?.parentSpanContext).toMatchObject(ids(publisher))
    expect(span?.attributes['messaging.message.id']).toBe('e2')
    expect(inside[0]?.baggage).toBe(`tenant=${encodeURIComponent('žluť')}`)
  })

  test('without a publisher’s span it begins a trace, or goes on with daprd’s', async () => {
    await publish(sidecar, orders, 1)
    const [span] = await ended('process orders')
    expect(span?.parentSpanContext === undefined).toBe(tracing?.samplingRate !== '1')
  })

  test('entries of a bulk are linked, each to its publisher', async () => {
    const publishers = await Promise.all(
      [1, 2, 3].map(data => within(() => publish(sidecar, bulk, data, { id: `e${data}` }))),
    )
    const processed = await eventually(() => {
      const found = spans.getFinishedSpans().filter(({ name }) => name === 'process bulk')
      return found.flatMap(({ links }) => links).length === 3 ? found : undefined
    })
    const links = processed.flatMap(({ links }) => links.map(({ context }) => context.spanId))
    expect(links.sort()).toEqual(publishers.map(publisher => publisher.spanContext().spanId).sort())
    const counts = processed.map(({ attributes }) => Number(attributes['messaging.batch.message_count']))
    expect(counts.reduce((sum, count) => sum + count)).toBe(3)
  })

  test('a raw event has the trace where the broker keeps metadata', async () => {
    const publisher = await within(() => publish(sidecar, raw, 1, { raw: true }), 'a')
    const [span] = await ended('process raw')
    expect(span?.parentSpanContext).toMatchObject(ids(publisher))
    expect(inside[0]?.baggage).toBe('tenant=a')
  })

  test.each([
    ['fail', expect.stringContaining('not yet')],
    ['throw', 'database is locked'],
  ])('each attempt has a span, which says why it failed: %s', async (data, message) => {
    const publisher = await within(() => publish(sidecar, orders, data))
    const [first, second] = await ended('process orders', 2)
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message })
    expect(second?.status.code).toBe(SpanStatusCode.UNSET)
    for (const span of [first, second]) expect(span?.parentSpanContext).toMatchObject(ids(publisher))
  })

  test('what is dropped is no error', async () => {
    await publish(sidecar, orders, 'drop')
    expect((await ended('process orders'))[0]?.status.code).toBe(SpanStatusCode.UNSET)
  })
})

function ids(span: Span) {
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId }
}
