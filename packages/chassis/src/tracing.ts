import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { Elysia } from 'elysia'

const spans = new WeakMap<Request, Span>()

/**
 * A server span around every request but the health probes, child of the caller's span; handlers run inside it.
 * The same for events: daprd delivers them as requests that carry the publisher's trace context.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function tracing(app: Elysia): Elysia {
  const tracer = trace.getTracer('@shop/chassis')

  return app
    .wrap((handle, request) => {
      if (!request || request.url.endsWith('/healthz')) return handle
      const parent = propagation.extract(ROOT_CONTEXT, request.headers, headerGetter)
      return (...args: never[]) => {
        const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER }, parent)
        spans.set(request, span)
        return context.with(trace.setSpan(parent, span), () =>
          (handle as (...args: never[]) => unknown)(...args),
        )
      }
    })
    .onAfterResponse(function endSpan({ request, route, set, responseValue }) {
      const span = spans.get(request)
      if (!span) return
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200)
      span.updateName(`${request.method} ${route || '(no route)'}`)
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': status,
      })
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    }) as unknown as Elysia
}

const headerGetter = {
  get: (headers: Headers, key: string) => headers.get(key) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
}
