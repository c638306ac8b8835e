import { afterAll, beforeAll, expect, test } from 'bun:test'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { startTelemetry } from './telemetry.ts'
import { continueTrace, currentTraceparent, injectTrace, withTraceparent } from './trace-context.ts'

const exporter = new InMemorySpanExporter()
let end: () => Promise<void>

beforeAll(async () => {
  end = await startTelemetry({ service: 'test', processors: [new SimpleSpanProcessor(exporter)] })
})

afterAll(() => end())

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('a trace that was kept is the active one, also after an await', async () => {
  const seen = await withTraceparent(traceparent, async () => {
    await Bun.sleep(0)
    return currentTraceparent()
  })
  expect(seen).toBe(traceparent)
  expect(currentTraceparent()).toBeUndefined()
})

test('without one, or with one that is none, there is no trace', () => {
  for (const none of [null, undefined, '', 'no traceparent']) {
    expect(withTraceparent(none, currentTraceparent)).toBeUndefined()
  }
})

test('headers of a call get the active trace', () => {
  const headers = new Headers()
  injectTrace(headers)
  expect([...headers]).toEqual([])
  withTraceparent(traceparent, () => injectTrace(headers))
  expect([...headers]).toEqual([['traceparent', traceparent]])
})

test('a step of a kept trace is a span of it, with a link to what it was run by', async () => {
  const work = trace.getTracer('test').startSpan('work')
  const { traceId } = work.spanContext()
  const inWork = withTraceparent(`00-${traceId}-${work.spanContext().spanId}-01`, () =>
    continueTrace(traceparent, 'step', async () => currentTraceparent()),
  )
  expect(await inWork).toStartWith('00-0af7651916cd43dd8448eb211c80319c-')
  await continueTrace(traceparent, 'failing', () => Promise.reject(new Error('away'))).catch(() => {})
  expect(await continueTrace(undefined, 'none', currentTraceparent)).toBeUndefined()

  const [step, failing, none] = exporter.getFinishedSpans()
  expect(step?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  expect(step?.links.map(({ context }) => context.traceId)).toEqual([traceId])
  expect(failing).toMatchObject({ name: 'failing', links: [], status: { message: 'Error: away' } })
  expect(none).toBeUndefined()
})
