import { setTimeout } from 'node:timers/promises'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'

export interface TelemetryOptions {
  service: string
  /** Base address of a collector that speaks OTLP over HTTP. @default traces have ids, for the logs, and are not recorded */
  endpoint?: string | undefined
  /** Further processors, such as one that keeps the spans for a test. */
  processors?: SpanProcessor[]
}

/**
 * Sets up tracing for the process: W3C trace context and baggage, spans kept across `await`.
 * Returns what flushes and ends it.
 *
 * The parts of sdk-trace-base are put together here because @opentelemetry/sdk-node loads instrumentation of
 * node:http that does nothing on Bun.
 */
export async function startTelemetry({
  service,
  endpoint,
  processors = [],
}: TelemetryOptions): Promise<() => Promise<void>> {
  const spanProcessors = [...(endpoint ? [await exportTo(endpoint)] : []), ...processors]
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors,
    // what nobody gets is not recorded, neither here nor in the sidecars, which do as the trace says
    ...(spanProcessors.length === 0 && { sampler: new AlwaysOffSampler() }),
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  return async () => {
    // a collector that is gone must not hold up, or fail, the end of the service
    await Promise.race([provider.shutdown().catch(() => {}), setTimeout(flushTimeout)])
  }
}

/** Longest time for the last spans to leave, in milliseconds. */
const flushTimeout = 2_000

async function exportTo(endpoint: string): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  return new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }))
}
