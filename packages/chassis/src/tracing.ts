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
 * A server span around every request but the health probes, child of the caller's span; handlers run inside it. Events
 * have one from `subscribe`, a child of the publisher's span: the delivery by daprd is no step of its own. They are told
 * by the route and not by a header, which anybody can send.
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function tracing(app: Elysia): Elysia {
  const tracer = trace.getTracer('@shop/chassis')
  // When the first request comes: subscriptions are added later than this.
  let events: ReadonlySet<string> | undefined

  function hasSpan({ method, url }: Request): boolean {
    events ??= eventPathsOf(app)
    const { pathname } = new URL(url)
    return pathname !== '/healthz' && !(method === 'POST' && events.has(pathname))
  }

  return app
    .wrap((handle, request) => {
      if (!request || !hasSpan(request)) return handle
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

/** Where subscriptions have their routes unless they name another. */
function eventPathsOf({ routes }: Elysia): ReadonlySet<string> {
  return new Set(routes.map(({ path }) => path).filter(path => path.startsWith('/events/')))
}

const headerGetter = {
  get: (headers: Headers, key: string) => headers.get(key) ?? undefined,
  keys: (headers: Headers) => [...headers.keys()],
}
