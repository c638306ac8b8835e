import { expect, test } from 'bun:test'
import { type Recording, recordedAt, type Span } from './recording.ts'
import { duration, renderGaps, renderHistory, renderSequence } from './render-order.ts'

const calls: Record<string, string[]> = {
  gateway: ['orders'],
  orders: ['catalog', 'inventory', 'payments', 'shipping'],
}
const shop = { mayCall: (from: string, to: string) => calls[from]?.includes(to) ?? false }

function span(service: string, name: string, start: number, end: number, more: Partial<Span> = {}): Span {
  return { service, name, start, end, traceId: 't1', spanId: `${start}`, attributes: {}, ...more }
}

const at = (milliseconds: number) => new Date(milliseconds).toISOString()
const http = { attributes: { 'http.response.status_code': '200' } }

const recording: Recording = {
  orderId: '01a21d80-4df0-743e-8722-8ac4fc8deb39',
  status: 'confirmed',
  spans: [
    span('gateway', 'POST /orders', 0, 30, http),
    span('orders', 'POST /orders', 5, 40, http),
    span('catalog', 'POST /quotes', 10, 21, http),
    span('shipping', 'shop.shipping.v1.ShippingService/Quote', 11, 12, {
      traceId: 't2',
      attributes: { 'rpc.response.status_code': 'OK' },
    }),
    span('insights', 'GET /healthz', 13, 14),
    span('inventory', 'process orders', 24, 26, { attributes: { 'messaging.message.id': 'e1' } }),
    span('orders', 'activity reserve-stock', 50, 60, {
      traceId: 't3',
      attributes: { 'dapr.workflow.instance_id': '01a21d80-4df0-743e-8722-8ac4fc8deb39' },
    }),
  ],
  published: [
    { topic: 'orders', id: 'e1', source: 'orders', type: 'order-placed', at: 25, traceId: 't1', spanId: '5' },
  ],
  history: [
    { version: 1, type: 'order-placed', at: at(20), data: { customerId: 'VICTE', lines: [1, 2] } },
    { version: 2, type: 'stock-reserved', at: at(58), data: {} },
  ],
}

test('calls, their answers, steps and events stand in the order in which they happened', () => {
  expect(renderSequence(recording, shop).split('\n')).toEqual([
    '```mermaid',
    'sequenceDiagram',
    '  actor client',
    '  participant gateway',
    '  participant orders',
    '  participant catalog',
    '  participant inventory',
    '  participant shipping',
    '  participant broker',
    '  client->>gateway: POST /orders',
    '  gateway->>orders: POST /orders',
    '  orders->>catalog: POST /quotes',
    // of another trace: by its time, and by who may call it
    '  orders->>shipping: ShippingService/Quote',
    '  shipping-->>orders: OK, 1 ms',
    // its span ends later, but the caller has gone on by then
    '  catalog-->>orders: 200, 11 ms',
    '  Note over orders: logs order-placed',
    '  orders--)broker: order-placed',
    '  broker--)inventory: order-placed',
    '  orders-->>gateway: 200, 35 ms',
    '  gateway-->>client: 200, 30 ms',
    '  Note over orders: step reserve-stock, logs stock-reserved',
    '```',
  ])
})

test('the log is told with the time after its first entry, and without what is long', () => {
  expect(renderHistory(recording).split('\n').slice(2)).toEqual([
    '| 1 | `order-placed` | 0 ms | customerId: VICTE, lines: 2 lines |',
    '| 2 | `stock-reserved` | 38 ms |  |',
  ])
})

test('where a trace breaks is said, and only there', () => {
  expect(renderGaps(recording, shop)).toEqual([
    expect.stringContaining('The workflow begins a trace of its own'),
    expect.stringContaining('No trace leads to shipping'),
  ])
  const spans = recording.spans.map(each => ({ ...each, traceId: 't1' }))
  expect(renderGaps({ ...recording, spans }, shop)).toEqual([])
})

test.each([
  [0.2, '0 ms'],
  [4.6, '5 ms'],
  [38.4, '38 ms'],
  [1234, '1200 ms'],
  [-3, '0 ms'],
])('%d milliseconds are told as %s', (milliseconds, told) => {
  expect(duration(milliseconds)).toBe(told)
})

test('of what was recorded the confirmed order is paid and sent, the rejected one undone', async () => {
  const [confirmed, rejected] = await Promise.all(
    ['confirmed', 'rejected'].map(async name =>
      renderSequence((await Bun.file(recordedAt(name)).json()) as Recording, shop),
    ),
  )
  for (const arrow of [
    'client->>gateway: POST /orders',
    'orders->>inventory: POST /reservations',
    'orders->>payments: POST /payments',
    'orders->>shipping: ShippingService/Arrange',
    'payments--)broker: payment-captured',
    'inventory--)broker: stock-fulfilled',
    'broker--)insights: order-confirmed',
  ]) {
    expect(confirmed).toContain(arrow)
  }
  for (const arrow of ['payments--)broker: payment-declined', 'orders->>inventory: DELETE /reservations/']) {
    expect(rejected).toContain(arrow)
  }
  expect(rejected).not.toContain('ShippingService/Arrange')
  expect(rejected).not.toContain('order-confirmed')
})
