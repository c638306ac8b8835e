import { expect, test } from 'bun:test'
import type { Product } from '@shop/catalog-contract'
import fc from 'fast-check'
import { quote } from './quote.ts'

function product(id: number, changes: Partial<Product> = {}): Product {
  const name = `Product ${id}`
  return {
    id,
    name,
    category: 'Tea',
    quantityPerUnit: '1',
    unitPriceCents: id * 100,
    discontinued: false,
    ...changes,
  }
}

const products = new Map([
  [1, product(1)],
  [2, product(2, { unitPriceCents: 250 })],
  [3, product(3, { discontinued: true })],
  [4, product(4, { unitPriceCents: 0 })],
])
const find = (id: number) => products.get(id)

test('lines are priced in their order, the same product twice as well', () => {
  const lines = [
    { productId: 2, quantity: 3 },
    { productId: 4, quantity: 1 },
    { productId: 2, quantity: 1 },
  ]
  expect(quote(lines, find)).toEqual({
    lines: [
      { productId: 2, quantity: 3, unitPriceCents: 250 },
      { productId: 4, quantity: 1, unitPriceCents: 0 },
      { productId: 2, quantity: 1, unitPriceCents: 250 },
    ],
    totalCents: 1_000,
  })
})

test('one product that cannot be sold refuses them all, and every such product is named', () => {
  const lines = [1, 3, 8, 9].map(productId => ({ productId, quantity: 1 }))
  expect(quote(lines, find)).toEqual({ refused: 'product-unknown', productIds: [8, 9] })
  expect(quote(lines.slice(0, 2), find)).toEqual({ refused: 'product-discontinued', productIds: [3] })
})

test('the total is the sum of the lines, to the cent', () => {
  const prices = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 10_000 })),
    {
      minLength: 1,
      maxLength: 100,
    },
  )
  fc.assert(
    fc.property(prices, all => {
      const quoted = quote(
        all.map(([, quantity], index) => ({ productId: index, quantity })),
        id => product(id, { unitPriceCents: all[id]?.[0] ?? -1 }),
      )
      if ('refused' in quoted) throw new Error(quoted.refused)
      const exact = all.reduce((sum, [cents, quantity]) => sum + BigInt(cents) * BigInt(quantity), 0n)
      expect(BigInt(quoted.totalCents)).toBe(exact)
      expect(quoted.lines.map(({ unitPriceCents }) => unitPriceCents)).toEqual(all.map(([cents]) => cents))
    }),
  )
})
