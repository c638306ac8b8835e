import { Buffer } from 'node:buffer'
import {
  bytes,
  list,
  message,
  nested,
  string,
} from '../../packages/elysia-dapr/src/workflow/worker/protobuf.ts'

export interface Span {
  service: string
  /** Lower-case hexadecimal digits, as `parentSpanId`. */
  traceId: string
  spanId: string
  /** Empty for a span that has none. */
  parentSpanId: string
  name: string
}

/** Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] }
    scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId?: string; name: string }[] }[]
  }[]
}

/** Takes spans as an OpenTelemetry collector does: TypeScript and Go send JSON, Python sends Protocol Buffers. */
export function collect() {
  const spans: Span[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/traces': {
        async POST(request) {
          const isJson = request.headers.get('content-type')?.startsWith('application/json')
          const sent = isJson
            ? ((await request.json()) as ExportRequest)
            : decode(await request.arrayBuffer())
          spans.push(...spansOf(sent))
          return isJson
            ? Response.json({})
            : new Response(null, { headers: { 'content-type': 'application/x-protobuf' } })
        },
      },
    },
  })
  return { spans, url: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) }
}

function spansOf({ resourceSpans }: ExportRequest): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === 'service.name')
    const service = name?.value.stringValue ?? ''
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ traceId, spanId, parentSpanId = '', name }) => ({
        service,
        traceId: traceId.toLowerCase(),
        spanId: spanId.toLowerCase(),
        parentSpanId: parentSpanId.toLowerCase(),
        name,
      }))
  })
}

// Source: https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
const attribute = message({ key: string(1), value: nested(2, message({ stringValue: string(1) })) })
const span = message({ traceId: bytes(1), spanId: bytes(2), parentSpanId: bytes(4), name: string(5) })
const exportRequest = message({
  resourceSpans: list(
    nested(
      1,
      message({
        resource: nested(1, message({ attributes: list(nested(1, attribute)) })),
        scopeSpans: list(nested(2, message({ spans: list(nested(2, span)) }))),
      }),
    ),
  ),
})

function decode(body: ArrayBuffer): ExportRequest {
  const { resourceSpans } = exportRequest.decode(Buffer.from(body))
  const hex = (id: Buffer | undefined) => id?.toString('hex') ?? ''
  return {
    resourceSpans: resourceSpans.map(({ resource, scopeSpans = [] }) => ({
      resource: {
        attributes: (resource?.attributes ?? []).map(({ key = '', value }) => ({ key, value: { ...value } })),
      },
      scopeSpans: scopeSpans.map(({ spans = [] }) => ({
        spans: spans.map(({ traceId, spanId, parentSpanId, name = '' }) => ({
          traceId: hex(traceId),
          spanId: hex(spanId),
          parentSpanId: hex(parentSpanId),
          name,
        })),
      })),
    })),
  } as ExportRequest
}
