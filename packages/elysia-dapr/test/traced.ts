import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'

export { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** The spans that have ended since `startTracing`. */
export const spans = new InMemorySpanExporter()

/** Traces this process. Returns what ends it: other tests of the process have no tracing. */
export function startTracing(): () => void {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }))
  spans.reset()
  return () => {
    trace.disable()
    context.disable()
    propagation.disable()
  }
}

/** Runs something inside a span, and says of which trace. */
export async function inTestSpan<T>(run: () => Promise<T>): Promise<{ traceId: string; result: T }> {
  const end = startTracing()
  try {
    const span = trace.getTracer('test').startSpan('test')
    const result = await context.with(trace.setSpan(context.active(), span), run)
    return { traceId: span.spanContext().traceId, result }
  } finally {
    end()
  }
}
