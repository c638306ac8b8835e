import { expect, setDefaultTimeout } from 'bun:test'
import { eventually } from '../conformance/environment.ts'
import { compileTimeout, goTest } from './go.ts'
import { startShippingShop } from './shop.ts'

setDefaultTimeout(compileTimeout)

interface Span {
  traceId: string
  spanId: string
  name: string
}

/** What an OpenTelemetry collector gets, with ids in either case: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
interface ExportRequest {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
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
          const sent = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(scope => scope.spans))
          spans.push(...sent.map(withLowerCaseIds))
          return Response.json({})
        },
      },
    },
  })
  return { spans, url: server.url.origin, [Symbol.asyncDispose]: () => server.stop(true) }
}

function withLowerCaseIds({ traceId, spanId, name }: Span): Span {
  return { traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase(), name }
}

const traceId = '0af7651916cd43dd8448eb211c80319c'

goTest('a call is a span of its caller’s trace, in the collector and in the logs', async () => {
  await using collector = collect()
  await using shop = await startShippingShop({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  const order = { orderId: crypto.randomUUID(), customerId: 'VINET', units: 1 }
  await shop.shipping.arrange(order, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
  const logged = shop
    .log()
    .split('\n')
    .filter(line => line.includes(order.orderId))
  expect(logged.map(line => JSON.parse(line))).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      msg: 'arranged',
      service: 'shipping',
      orderId: order.orderId,
      trackingNumber: expect.any(String),
      trace_id: traceId,
      span_id: expect.any(String),
    },
  ])

  // The last spans leave at the end.
  expect(await shop.kill('SIGTERM')).toBe('code 0')
  const span = await eventually(() => collector.spans.find(each => each.traceId === traceId), {
    what: 'a span',
    within: 10_000,
  })
  expect(span).toMatchObject({
    name: 'shop.shipping.v1.ShippingService/Arrange',
    spanId: JSON.parse(logged[0] ?? '').span_id,
  })
  expect(collector.spans.filter(({ name }) => /health/i.test(name))).toEqual([])
})
