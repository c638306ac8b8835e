import { expect, test } from 'bun:test'
import { percentile, toFigures } from './figures.ts'
import type { Answer, Entry } from './ledger.ts'
import type { Order } from './shapes.ts'

function entry(number: number, answer: Answer, status?: Order['status'], reason?: string): Entry {
  const sent = {
    number,
    key: `k-${number}`,
    customerId: 'ALFKI',
    lines: [{ productId: 1, quantity: number }],
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
    order: { id: `id-${number}`, customerId: 'ALFKI', status: 'placed', lines, totalCents: 10 * number },
  }
}

test('totals and rates come from the ledger', () => {
  const figures = toFigures([
    entry(1, accepted(1), 'confirmed'),
    entry(2, accepted(2), 'rejected', 'insufficient-stock'),
    entry(3, accepted(3), 'rejected', 'insufficient-stock'),
    entry(4, accepted(4), 'placed'),
    entry(5, { kind: 'refused', status: 422, code: 'product-discontinued' }),
    entry(6, { kind: 'unclear', problem: 'connection refused' }),
  ])
  expect(figures).toEqual({
    orders: {
      sent: 6,
      refused: { 'product-discontinued': 1 },
      accepted: 4,
      confirmed: 1,
      rejected: { 'insufficient-stock': 2 },
      open: 1,
      unclear: 1,
    },
    units: { ordered: 21, confirmed: 1 },
    cents: { accepted: 100, confirmed: 10 },
    seconds: { placing: 0.51, settling: 0.35 },
    perSecond: { placed: 6 / 0.51, settled: 3 / 0.35 },
    milliseconds: { median: 100, p99: 150 },
    retries: 6,
  })
})

test('a run in which nothing settled has no latency and no rate', () => {
  const figures = toFigures([entry(1, { kind: 'refused', status: 422, code: 'product-discontinued' })])
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
