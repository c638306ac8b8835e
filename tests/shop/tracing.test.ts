import { expect, setDefaultTimeout, test } from 'bun:test'
import { startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

interface Span {
  service: string
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
}

/** What an OpenTelemetry collector gets: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] }
    scopeSpans: { spans: Omit<Span, 'service'>[] }[]
  }[]
}

function collect() {
  const spans: Span[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/v1/traces': {
        async POST(request) {
          const { resourceSpans } = (await request.json()) as ExportRequest
          for (const { resource, scopeSpans } of resourceSpans) {
            const name = resource.attributes.find(({ key }) => key === 'service.name')
            const service = name?.value.stringValue ?? ''
            for (const scope of scopeSpans) spans.push(...scope.spans.map(span => ({ ...span, service })))
          }
          return Response.json({})
        },
      },
    },
  })
  return { spans, url: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) }
}

test('one order is one trace: through calls, the outbox, the broker and back', async () => {
  await using collector = collect()
  await using shop = await startShop({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const placed = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': 'traced',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  expect(placed.status).toBe(202)

  const wanted = [
    'catalog POST /quotes',
    'gateway POST /orders',
    'inventory process order-placed',
    'orders POST /orders',
    'orders process stock-reserved',
  ]
  const names = () =>
    collector.spans
      .filter(span => span.traceId === traceId)
      .map(({ service, name }) => `${service} ${name}`)
      .sort()
  await until('the spans of the whole order have arrived', () => names().length >= wanted.length)
  expect(names()).toEqual(wanted)
})
