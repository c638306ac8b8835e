import type { Context, ContextManager, Span, TextMapPropagator, TracerProvider } from '@opentelemetry/api'

/**
 * What an OpenTelemetry SDK has registered, for whichever copy of `@opentelemetry/api` is loaded. Read from the
 * place that all copies of the API share, so that this package loads none: an import would cost 6 ms and 6 MB on
 * Bun (22 ms on Node) even where nothing is traced, and an optional one breaks bundlers and `require`.
 * Source: https://github.com/open-telemetry/opentelemetry-js/blob/main/api/src/internal/global-utils.ts
 */
interface Registered {
  context?: ContextManager
  propagation?: TextMapPropagator
  trace?: TracerProvider
}

const registryKey = Symbol.for('opentelemetry.js.api.1')
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN')

function registered(): Registered | undefined {
  return (globalThis as { [registryKey]?: Registered })[registryKey]
}

/** Says what a key of a trace carrier, such as `traceparent`, has for a value. */
export type Carrier = (key: string) => string | undefined

export interface SpanDescription {
  name: string
  kind: keyof typeof kinds
  attributes?: Record<string, string | number | boolean>
  /** The span becomes its child, and has a link to the span that is active; its baggage is active inside. @default the active span */
  parent?: Carrier
  /** What led to it beside the parent. */
  links?: Carrier[]
}

/** The values of the API's enumerations `SpanKind` and `SpanStatusCode`. */
const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 }
const errorStatus = 2

/** Hands out what the active context passes on: `traceparent`, `tracestate` and `baggage`, or those of other propagators. */
export function injectTrace(set: (key: string, value: string) => void): void {
  const { context, propagation } = registered() ?? {}
  if (context && propagation)
    propagation.inject(context.active(), undefined, { set: (_, key, value) => set(key, value) })
}

/** Whether an SDK has registered what spans need. */
export function isTracing(): boolean {
  return registered()?.context !== undefined
}

/** Runs what a span covers, which ends with it; without an SDK it just runs it. What it throws, or gives to `fail`, marks the span as failed. */
export function inSpan<T>(describe: () => SpanDescription, run: (fail: (reason: string) => void) => T): T {
  const api = registered()
  if (!api?.context) return run(ignore)
  const { name, kind, attributes, parent, links = [] } = describe()
  const active = api.context.active()
  const from = parent ? extract(api, active, parent) : active
  const withoutSpan = active.deleteValue(spanKey)
  const causes = [active, ...links.map(link => extract(api, withoutSpan, link))]
    .map(spanOf)
    .filter(span => span !== undefined && span !== spanOf(from))
  const span = api.trace?.getTracer('elysia-dapr').startSpan(
    name,
    {
      kind: kinds[kind],
      ...(attributes && { attributes }),
      links: causes.flatMap(span => (span ? [{ context: span.spanContext() }] : [])),
    },
    from,
  )
  if (!span) return api.context.with(from, run, undefined, ignore)

  function fail(reason: unknown): void {
    span?.setStatus({ code: errorStatus, message: reason instanceof Error ? reason.message : String(reason) })
  }
  function failWith(error: unknown): never {
    if (error instanceof Error) span?.recordException(error)
    fail(error)
    span?.end()
    throw error
  }
  try {
    const result = api.context.with(from.setValue(spanKey, span), run, undefined, fail)
    if (!(result instanceof Promise)) {
      span.end()
      return result
    }
    return result.then(value => {
      span.end()
      return value
    }, failWith) as T
  } catch (error) {
    return failWith(error)
  }
}

function extract({ propagation }: Registered, base: Context, carrier: Carrier): Context {
  return (
    propagation?.extract(base, carrier, { get: (carrier, key) => carrier(key), keys: () => w3cKeys }) ?? base
  )
}

const w3cKeys = ['traceparent', 'tracestate', 'baggage']

function spanOf(context: Context): Span | undefined {
  return context.getValue(spanKey) as Span | undefined
}

function ignore(): void {}
