import { expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCollector } from '../../scripts/docs/collector.ts'
import { startShop, until } from './shop.ts'

setDefaultTimeout(180_000)

const traceId = '0af7651916cd43dd8448eb211c80319c'

/** What the trace of a confirmed order has, whatever else daprd or a retry adds. */
const wanted = [
  'gateway POST /orders',
  'orders POST /orders',
  'catalog POST /quotes',
  'shipping shop.shipping.v1.ShippingService/Quote',
  'orders step reserve-stock',
  'inventory POST /reservations',
  'orders step authorise-payment',
  'payments POST /payments',
  'orders step arrange-shipping',
  'shipping shop.shipping.v1.ShippingService/Arrange',
  'orders step confirm-order',
  // of both events, order-placed and order-confirmed
  'inventory process orders',
  'inventory process orders',
  'payments process orders',
  'payments process orders',
  'insights process orders',
  'insights process orders',
  // stock-reserved and stock-fulfilled
  'orders process reservations',
  'orders process reservations',
  // payment-authorised and payment-captured
  'insights process payments',
  'insights process payments',
].sort()

test('one order is one trace: through calls in three languages, its workflow, the outboxes, the broker and back', async () => {
  await using collector = startCollector()
  await using shop = await startShop({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
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
  const { id } = (await placed.json()) as { id: string }

  const spans = () => collector.spans.filter(span => span.traceId === traceId)
  const names = () => spans().map(({ service, name }) => `${service} ${name}`)
  // failing, it shows what is missing
  await until('the spans of the whole order have arrived', () => names().length >= wanted.length).catch(
    () => {},
  )
  expect(names().sort()).toEqual(wanted)

  const log = readFileSync(join(shop.home, '.local/logs/shipping.log'), 'utf8').split('\n')
  const arranged = log.find(line => line.includes('"arranged"') && line.includes(id)) ?? '{}'
  expect(JSON.parse(arranged)).toMatchObject({ trace_id: traceId })
})
