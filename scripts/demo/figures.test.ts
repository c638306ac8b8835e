import { expect, test } from 'bun:test'
import { percentile, toFigures } from './figures.ts'
import type { Answer, Entry, Read } from './ledger.ts'
import type { Order, Payment, Shipment } from './shapes.ts'

function entry(number: number, answer: Answer, status?: Order['status'], reason?: string): Entry {
  const sent = {
    number,
    key: `k-${number}`,
    customerId: 'ALFKI',
    country: 'Peru',
    lines: [{ productId: 1, quantity: number }],
    isShipped: true,
  }
  const times = { sentAt: number * 100, answeredAt: number * 100 + 10, retries: 1 }
  if (status === undefined || answer.kind !== 'accepted') return { sent, answer, ...times }
  const found = { ...answer.order, status, ...(reason === undefined ? {} : { reason }) }
  if (status === 'placed') return { sent, answer, order: { found }, ...times }
  return { sent, answer, order: { found }, ...times, settledAt: number * 100 + 50 * number }
}

function accepted(number: number): Answer {
  const lines = [{ productId: 1, quantity: number, unitPriceCents: 10 }]
  return {
    kind: 'accepted',
    order: {
      id: `id-${number}`,
      customerId: 'ALFKI',
      status: 'placed',
      lines,
      totalCents: 10 * number,
      shippingCents: 7,
      version: 1,
    },
  }
}

const parts = { shipping: true, insights: false }

function paid(number: number, payment: Partial<Payment>): Read<Payment> {
  const nothing = { amountCents: 100, capturedCents: 0, refundedCents: 0, version: 1 }
  return { found: { orderId: `id-${number}`, status: 'authorised', ...nothing, ...payment } }
}

function sent(number: number, status: Shipment['status']): Read<Shipment> {
  return { found: { orderId: `id-${number}`, status, units: 1, priceCents: 7 } }
}

test('totals and rates come from the ledger', () => {
  const entries = [
    entry(1, accepted(1), 'confirmed'),
    entry(2, accepted(2), 'rejected', 'insufficient-stock'),
    entry(3, accepted(3), 'rejected', 'insufficient-stock'),
    entry(4, accepted(4), 'placed'),
    entry(5, { kind: 'refused', status: 422, code: 'product-discontinued' }),
    entry(6, { kind: 'unclear', problem: 'connection refused' }),
  ]
  const figures = toFigures(entries, parts)
  expect(figures).toEqual({
    orders: {
      sent: 6,
      refused: { 'product-discontinued': 1 },
      accepted: 4,
      confirmed: 1,
      cancelled: 0,
      rejected: { 'insufficient-stock': 2 },
      open: 1,
      unclear: 1,
    },
    units: { ordered: 21, confirmed: 1 },
    cents: { accepted: 100, confirmed: 10 },
    payments: { authorised: 0, captured: 0, refunded: 0 },
    shipments: { arranged: 0, cancelled: 0 },
    shippingCents: 7,
    parts,
    seconds: { placing: 0.51, settling: 0.35 },
    perSecond: { placed: 6 / 0.51, settled: 3 / 0.35 },
    milliseconds: { median: 100, p99: 150 },
    confirmation: { median: 50, p99: 50 },
    retries: 6,
  })
})

test('money and goods come from what was read of them', () => {
  const figures = toFigures(
    [
      {
        ...entry(1, accepted(1), 'confirmed'),
        payment: paid(1, { status: 'captured', capturedCents: 100 }),
        shipment: sent(1, 'arranged'),
      },
      {
        ...entry(2, accepted(2), 'cancelled'),
        payment: paid(2, { status: 'refunded', capturedCents: 100, refundedCents: 100 }),
        shipment: sent(2, 'cancelled'),
      },
      { ...entry(3, accepted(3), 'rejected'), payment: paid(3, { status: 'declined' }) },
      { ...entry(4, accepted(4), 'rejected'), payment: paid(4, { status: 'voided', version: 2 }) },
      // Called off before anything was held.
      { ...entry(5, accepted(5), 'rejected'), payment: paid(5, { status: 'voided' }) },
    ],
    parts,
  )
  expect(figures.orders).toMatchObject({ accepted: 5, confirmed: 1, cancelled: 1, open: 0 })
  expect(figures.payments).toEqual({ authorised: 300, captured: 200, refunded: 100 })
  expect(figures.shipments).toEqual({ arranged: 1, cancelled: 1 })
  // A cancelled order was confirmed before.
  expect(figures.confirmation).toEqual({ median: 50, p99: 100 })
})

test('without shipping there are no shipments to count', () => {
  const figures = toFigures([entry(1, accepted(1), 'confirmed')], { shipping: false, insights: false })
  expect([figures.shipments, figures.shippingCents]).toEqual([null, 7])
})

test('a run in which nothing settled has no latency and no rate', () => {
  const figures = toFigures([entry(1, { kind: 'refused', status: 422, code: 'product-discontinued' })], parts)
  expect(figures.milliseconds).toEqual({ median: null, p99: null })
  expect(figures.perSecond.settled).toBe(0)
})

test('percentiles are of the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(percentile(values, 0.5)).toBe(100)
  expect(percentile(values, 0.99)).toBe(198)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([], 0.5)).toBeNull()
})
