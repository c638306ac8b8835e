// OpenTelemetry as an app sets it up, but for the export: both subjects have it.
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())

/** The id of the trace that is active, as a logger or a database driver would ask for it. */
export function activeTrace(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId
}

/** Does something as a part of a trace. */
export function inTrace<T>(traceparent: string, run: () => T): T {
  return context.with(propagation.extract(context.active(), { traceparent }), run)
}
