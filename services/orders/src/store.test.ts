import { expect, test } from 'bun:test'
import { eventOf, orderIdOf, placedOrder, temporaryStore } from '../test/temporary-store.ts'
import type { Decision } from './order.ts'
import { inbox, outbox } from './schema.ts'

const key = { idempotencyKey: 'k1', requestDigest: 'd1' }
const confirmed: Decision = { status: 'confirmed' }
const rejected: Decision = { status: 'rejected', reason: 'insufficient-stock' }
const cause = (id: string) => eventOf(id, 'stock-reserved', {})

test('an order is kept whole, its lines in their order, with one event', () => {
  using opened = temporaryStore()
  const { store, database } = opened
  expect(store.add(placedOrder(1), key)).toBe(true)
  expect(store.find(orderIdOf(1))).toEqual(placedOrder(1))
  expect(store.findByKey('k1')).toEqual({ order: placedOrder(1), requestDigest: 'd1' })
  expect(database.select().from(outbox).all()).toMatchObject([
    {
      topic: 'order-placed',
      data: {
        orderId: orderIdOf(1),
        customerId: 'ALFKI',
        lines: [
          { productId: 4, quantity: 2 },
          { productId: 3, quantity: 1 },
        ],
      },
    },
  ])
})

test('the second order under a key is not kept', () => {
  using opened = temporaryStore()
  const { store, database } = opened
  store.add(placedOrder(1), key)
  expect(store.add(placedOrder(2), { ...key, requestDigest: 'd2' })).toBe(false)
  expect(store.find(orderIdOf(2))).toBeUndefined()
  expect(database.select().from(outbox).all()).toHaveLength(1)
  expect(store.add(placedOrder(2), { ...key, idempotencyKey: 'k2' })).toBe(true)
})

test('an order whose lines cannot be written leaves nothing', () => {
  using opened = temporaryStore()
  const { store, database } = opened
  database.$client.exec(
    `CREATE TRIGGER full BEFORE INSERT ON order_lines WHEN NEW.position = 1 BEGIN SELECT RAISE(ABORT, 'full'); END`,
  )
  expect(() => store.add(placedOrder(1), key)).toThrow('full')
  expect(store.findByKey('k1')).toBeUndefined()
  expect(database.select().from(outbox).all()).toEqual([])
})

test('what is not there is undefined', () => {
  using opened = temporaryStore()
  expect(opened.store.find(orderIdOf(1))).toBeUndefined()
  expect(opened.store.findByKey('k1')).toBeUndefined()
  expect(opened.store.settle(orderIdOf(1), confirmed, cause('e1'))).toBe(false)
  expect(opened.database.select().from(inbox).all()).toEqual([])
})

test.each([
  ['confirmed', confirmed, rejected],
  ['rejected', rejected, confirmed],
])('the first decision stays: %s', (_, first, second) => {
  using opened = temporaryStore()
  const { store } = opened
  store.add(placedOrder(1), key)
  const settled = { ...placedOrder(1), ...first }
  for (const [decision, event] of [
    [first, 'e1'],
    [first, 'e1'],
    [second, 'e1'],
    [second, 'e2'],
  ] as const) {
    expect(store.settle(orderIdOf(1), decision, cause(event))).toBe(true)
    expect(store.find(orderIdOf(1))).toEqual(settled)
  }
})
