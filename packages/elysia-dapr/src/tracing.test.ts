import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { spans, startTracing } from '../test/traced.ts'
import { type Carrier, injectTrace, inSpan } from './tracing.ts'

const publisher = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = `00-${publisher.traceId}-${publisher.spanId}-01`

const carrier =
  (values: Record<string, string>): Carrier =>
  key =>
    values[key]

function injected(): Record<string, string> {
  const values: Record<string, string> = {}
  injectTrace((key, value) => {
    values[key] = value
  })
  return values
}

const active = (): Span | undefined => trace.getActiveSpan()

describe('without an SDK', () => {
  test('what a span covers just runs', () => {
    const describeSpan = () => {
      throw new Error('asked for')
    }
    expect(inSpan(describeSpan, fail => [fail('x'), 7])).toEqual([undefined, 7])
    expect(() => inSpan(describeSpan, () => JSON.parse('{'))).toThrow(SyntaxError)
  })

  test('nothing is injected', () => {
    expect(injected()).toEqual({})
  })
})

describe('with an SDK', () => {
  let end: () => void

  beforeAll(() => {
    end = startTracing()
  })

  afterAll(() => end())

  beforeEach(() => spans.reset())

  const ended = () => spans.getFinishedSpans()

  test('a span is active inside, and what is injected there names it', async () => {
    const values = await inSpan(
      () => ({ name: 'work', kind: 'internal', attributes: { size: 3 } }),
      async () => {
        await Promise.resolve()
        return injected()
      },
    )
    const [span] = ended()
    expect(span).toMatchObject({ name: 'work', kind: SpanKind.INTERNAL, attributes: { size: 3 }, links: [] })
    expect(span?.parentSpanContext).toBeUndefined()
    expect(values).toEqual({
      traceparent: `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`,
    })
    expect(active()).toBeUndefined()
  })

  test('its parent is the carrier’s span, whose baggage goes on; the active span is linked', () => {
    const values = inSpan(
      () => ({ name: 'request', kind: 'server' }),
      () =>
        inSpan(
          () => ({
            name: 'process',
            kind: 'consumer',
            parent: carrier({ traceparent, baggage: 'tenant=a' }),
          }),
          injected,
        ),
    )
    const [processed, request] = ended()
    expect(processed?.kind).toBe(SpanKind.CONSUMER)
    expect(processed?.parentSpanContext).toMatchObject(publisher)
    expect(processed?.links.map(({ context }) => context.spanId)).toEqual([
      request?.spanContext().spanId ?? '',
    ])
    expect(values).toEqual({
      traceparent: `00-${publisher.traceId}-${processed?.spanContext().spanId}-01`,
      baggage: 'tenant=a',
    })
  })

  test('a carrier without a trace leaves the active span as the parent, without a link', () => {
    inSpan(
      () => ({ name: 'request', kind: 'server' }),
      () =>
        inSpan(() => ({ name: 'process', kind: 'consumer', parent: carrier({ baggage: 'a=b' }) }), ignore),
    )
    const [processed, request] = ended()
    expect(processed?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
    expect(processed?.links).toEqual([])
  })

  test('links name the spans of their carriers, where there are any', () => {
    const links = [carrier({ traceparent }), carrier({}), carrier({ traceparent: 'broken' })]
    inSpan(
      () => ({ name: 'request', kind: 'server' }),
      () => inSpan(() => ({ name: 'process', kind: 'consumer', links }), ignore),
    )
    expect(ended()[0]?.links.map(({ context }) => context.spanId)).toEqual([publisher.spanId])
  })

  test.each<[string, () => unknown]>([
    ['thrown', () => inSpan(() => ({ name: 'work', kind: 'internal' }), fails)],
    [
      'rejected',
      () =>
        inSpan(
          () => ({ name: 'work', kind: 'internal' }),
          async () => fails(),
        ),
    ],
  ])('an error that is %s marks it, and goes on', async (_, run) => {
    expect(await Promise.try(run).catch((error: Error) => error.message)).toBe('disk full')
    const [span] = ended()
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'disk full' })
    expect(span?.events.map(({ name }) => name)).toEqual(['exception'])
  })

  test('it can be marked as failed without an error', () => {
    inSpan(
      () => ({ name: 'work', kind: 'internal' }),
      fail => fail('later'),
    )
    expect(ended()[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'later' })
  })

  test('its keys are those of the API', () => {
    const span = trace.wrapSpanContext({ ...publisher, traceFlags: 1 })
    const baggage = propagation.createBaggage({ tenant: { value: 'a' } })
    const outer = propagation.setBaggage(trace.setSpan(context.active(), span), baggage)
    expect(context.with(outer, injected)).toEqual({ traceparent, baggage: 'tenant=a' })
    context.with(outer, () => inSpan(() => ({ name: 'work', kind: 'internal' }), ignore))
    expect(ended()[0]?.parentSpanContext).toMatchObject(publisher)
  })
})

function ignore(): void {}

function fails(): never {
  throw new Error('disk full')
}
