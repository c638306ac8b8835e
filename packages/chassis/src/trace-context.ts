import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'

/**
 * The W3C trace context of the active span, to be kept beside work that is done later; undefined where there is none.
 * Source: https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** Adds the active trace context and its baggage to the headers of a call that the sidecar's client does not make. */
export function injectTrace(headers: Headers): void {
  propagation.inject(context.active(), headers, { set: (to, key, value) => to.set(key, value) })
}

/** Runs something in a trace that was kept: calls that it makes take it along. Without one it just runs. */
export function withTraceparent<T>(traceparent: string | null | undefined, run: () => T): T {
  if (!traceparent) return run()
  return context.with(propagation.extract(ROOT_CONTEXT, { traceparent }), run)
}

/**
 * Runs something as a step of a trace that was kept: in a span of its own, which has a link to the active one. Without
 * such a trace it just runs.
 */
export async function continueTrace<T>(
  traceparent: string | null | undefined,
  name: string,
  run: () => T | Promise<T>,
): Promise<T> {
  if (!traceparent) return await run()
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent })
  const cause = trace.getActiveSpan()
  const links = cause ? [{ context: cause.spanContext() }] : []
  return await trace.getTracer('@shop/chassis').startActiveSpan(name, { links }, parent, async span => {
    try {
      return await run()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) })
      throw error
    } finally {
      span.end()
    }
  })
}
