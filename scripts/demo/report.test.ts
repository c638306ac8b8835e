import { expect, test } from 'bun:test'
import { toFigures } from './figures.ts'
import { renderFigures, renderVerdict } from './report.ts'

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
  const lines = [{ productId: 1, quantity: 2, unitPriceCents: 61_728_394 }]
  const order = { id: 'a', customerId: 'ALFKI', status: 'rejected', lines, totalCents: 123_456_789 } as const
  const text = renderFigures(
    toFigures([
      {
        sent: { number: 1, key: 'k', customerId: 'ALFKI', lines },
        answer: { kind: 'accepted', order: { ...order, lines } },
        order: { found: { ...order, lines, reason: 'insufficient-stock' } },
        sentAt: 0,
        answeredAt: 100,
        settledAt: 200,
        retries: 0,
      },
    ]),
  )
  expect(text).toContain('$1,234,567.89 accepted, $0.00 confirmed')
  expect(text).toContain('1 insufficient-stock')
  expect(text).not.toContain('still open')
})
