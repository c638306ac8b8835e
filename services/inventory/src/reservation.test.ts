import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { reserve } from './reservation.ts'

const orderId = '00000000-0000-7000-8000-000000000001'
const stock = (units: Record<number, number>) => (productId: number) => units[productId] ?? 0

test('all units are kept when all are there', () => {
  const lines = [
    { productId: 1, quantity: 3 },
    { productId: 2, quantity: 1 },
  ]
  expect(reserve(orderId, lines, stock({ 1: 3, 2: 5 }))).toEqual({ orderId, status: 'reserved', lines })
})

test.each([
  ['one unit short', [{ productId: 1, quantity: 4 }]],
  [
    'one of two products short',
    [
      { productId: 2, quantity: 1 },
      { productId: 1, quantity: 4 },
    ],
  ],
  [
    'short only in sum',
    [
      { productId: 1, quantity: 2 },
      { productId: 1, quantity: 2 },
    ],
  ],
  ['no such product', [{ productId: 9, quantity: 1 }]],
])('nothing is kept: %s', (_, lines) => {
  expect(reserve(orderId, lines, stock({ 1: 3, 2: 5 }))).toEqual({
    orderId,
    status: 'rejected',
    reason: 'insufficient-stock',
    lines: [],
  })
})

test('two lines of a product are kept as one', () => {
  const lines = [
    { productId: 1, quantity: 1 },
    { productId: 2, quantity: 1 },
    { productId: 1, quantity: 2 },
  ]
  expect(reserve(orderId, lines, stock({ 1: 3, 2: 5 })).lines).toEqual([
    { productId: 1, quantity: 3 },
    { productId: 2, quantity: 1 },
  ])
})

const orders = fc.array(
  fc.array(
    fc.record({ productId: fc.integer({ min: 1, max: 4 }), quantity: fc.integer({ min: 1, max: 20 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  { maxLength: 40 },
)
const opening = fc.record({ 1: fc.nat(50), 2: fc.nat(50), 3: fc.nat(50) })

test('under any sequence of orders no more is kept than there is, and all or nothing of each', () => {
  fc.assert(
    fc.property(opening, orders, (units, sequence) => {
      const left: Record<number, number> = { ...units }
      for (const wanted of sequence) {
        const { status, lines } = reserve(orderId, wanted, stock(left))
        const asked = wanted.reduce((sum, line) => sum + line.quantity, 0)
        const kept = lines.reduce((sum, line) => sum + line.quantity, 0)
        expect(kept).toBe(status === 'reserved' ? asked : 0)
        for (const { productId, quantity } of lines) left[productId] = (left[productId] ?? 0) - quantity
        expect(Object.values(left).every(rest => rest >= 0)).toBe(true)
      }
    }),
  )
})
