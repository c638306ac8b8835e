import { expect, test } from 'bun:test'
import { loadNorthwind, mergeLines } from './northwind.ts'

test('the data is whole', async () => {
  const { products, orders } = await loadNorthwind()
  const lines = orders.flatMap(order => order.lines)
  const discontinued = new Set(products.filter(product => product.discontinued).map(product => product.id))
  const stopped = orders.filter(order => order.lines.some(line => discontinued.has(line.productId)))
  expect(products).toHaveLength(77)
  expect(orders).toHaveLength(830)
  expect(lines).toHaveLength(2155)
  expect(lines.reduce((sum, line) => sum + line.quantity, 0)).toBe(51_317)
  expect(discontinued.size).toBe(10)
  expect(stopped).toHaveLength(267)
  expect(orders.filter(order => !order.isShipped)).toHaveLength(21)
  expect(new Set(orders.map(order => order.country)).size).toBe(21)
})

test('lines keep nothing but product and quantity', async () => {
  const { orders } = await loadNorthwind()
  expect(orders[0]?.lines[0]).toEqual({ productId: 11, quantity: 12 })
})

test('two lines of one product become one', () => {
  const lines = [
    { productId: 7, quantity: 2 },
    { productId: 3, quantity: 1 },
    { productId: 7, quantity: 5 },
  ]
  expect(mergeLines(lines)).toEqual([
    { productId: 7, quantity: 7 },
    { productId: 3, quantity: 1 },
  ])
})
