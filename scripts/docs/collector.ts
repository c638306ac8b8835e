import { spansOf } from './otlp.ts'
import type { Span } from './recording.ts'

export interface Collector extends AsyncDisposable {
  /** What has come so far, in the order of coming. */
  spans: Span[]
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string
}

/** A collector of spans on a free port of loopback: OTLP over HTTP, as JSON or protobuf. */
export function startCollector(): Collector {
  const spans: Span[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/traces': {
        async POST(request) {
          const sent = new Uint8Array(await request.arrayBuffer())
          const body = request.headers.get('content-encoding') === 'gzip' ? Bun.gunzipSync(sent) : sent
          spans.push(...spansOf(request.headers.get('content-type') ?? '', body))
          return Response.json({})
        },
      },
    },
  })
  return { spans, url: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) }
}
