import { expect, test } from 'bun:test'
import { toFigures } from './figures.ts'
import type { Entry } from './ledger.ts'
import { renderFigures, renderVerdict } from './report.ts'
import type { Payment } from './shapes.ts'
import { settled } from './test/balanced-books.ts'

function mismatches(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    code: 'order-lost',
    about: `order ${index}`,
    message: 'is gone',
  }))
}

test('balanced books have one line', () => {
  expect(renderVerdict([], 830)).toBe('the books balance: 830 orders checked by id, nothing lost or doubled')
})

test('every mismatch is named, then counted', () => {
  expect(renderVerdict(mismatches(1), 830)).toBe(
    '  order 0: is gone [order-lost]\nthe books do NOT balance: 1 mismatch',
  )
})

test('the first 20 mismatches are listed', () => {
  const lines = renderVerdict(mismatches(23), 830).split('\n')
  expect(lines).toHaveLength(22)
  expect(lines[19]).toBe('  order 19: is gone [order-lost]')
  expect(lines[20]).toBe('  … and 3 more (--json lists them all)')
  expect(lines[21]).toBe('the books do NOT balance: 23 mismatches')
})

test('money and reasons are readable', () => {
  const text = renderFigures(toFigures(entries(), { shipping: true, insights: true }))
  expect(text).toContain('$1,234,567.89 accepted, $0.00 confirmed')
  expect(text).toContain('1 insufficient-stock')
  expect(text).toContain('$12,345.67 authorised, $12,345.67 captured, $12,345.67 refunded')
  expect(text).toContain('0 arranged, 1 cancelled; $0.00 for the confirmed orders')
  expect(text).toMatch(/insights +checked/)
  expect(text).not.toContain('still open')
})

test('what the shop runs without is named', () => {
  const text = renderFigures(toFigures(entries(), { shipping: false, insights: false }))
  expect(text).toMatch(/shipments +none: the shop runs without shipping, at a flat price/)
  expect(text).toMatch(/insights +left out: the shop runs without them/)
})

function entries(): Entry[] {
  const rejected = settled(11, [[1, 1]], 'rejected')
  const cancelled = settled(12, [[1, 1]], 'cancelled')
  if (rejected.answer.kind === 'accepted') rejected.answer.order.totalCents = 123_456_789 - 1050
  const { found } = cancelled.payment as { found: Payment }
  Object.assign(found, { amountCents: 1_234_567, capturedCents: 1_234_567, refundedCents: 1_234_567 })
  return [rejected, cancelled]
}
