import { expect, test } from 'bun:test'
import type { Reservation } from '@shop/inventory-contract'
import fc from 'fast-check'
import { eventOf, orderIdOf, type TemporaryStore, temporaryStore } from '../test/temporary-store.ts'
import { outbox, stock } from './schema.ts'

const line = (productId: number, quantity: number) => ({ productId, quantity })

function place(
  { store }: TemporaryStore,
  number: number,
  lines: ReturnType<typeof line>[],
  eventId = `e${number}`,
) {
  const order = { orderId: orderIdOf(number), customerId: 'ALFKI', lines }
  return store.reserve(order, eventOf(eventId, order))
}

function published({ database }: TemporaryStore): unknown[] {
  return database
    .select()
    .from(outbox)
    .all()
    .map(({ topic, data }) => ({ topic, ...(data as object) }))
}

test('stock is kept for an order, and said so', () => {
  using opened = temporaryStore()
  const { store } = opened
  store.add([{ productId: 1, onHand: 10 }])
  const reservation: Reservation = { orderId: orderIdOf(1), status: 'reserved', lines: [line(1, 3)] }
  expect(place(opened, 1, [line(1, 1), line(1, 2)])).toEqual(reservation)
  expect(store.reservation(orderIdOf(1))).toEqual(reservation)
  expect(store.level(1)).toEqual({ productId: 1, onHand: 10, reserved: 3, available: 7 })
  expect(published(opened)).toEqual([{ topic: 'stock-reserved', orderId: orderIdOf(1) }])
})

test('a rejection keeps nothing and names its reason', () => {
  using opened = temporaryStore()
  const { store } = opened
  store.add([{ productId: 1, onHand: 10 }])
  const reason = 'insufficient-stock'
  expect(place(opened, 1, [line(1, 11)])).toEqual({
    orderId: orderIdOf(1),
    status: 'rejected',
    reason,
    lines: [],
  })
  expect(store.reservation(orderIdOf(1))).toEqual({
    orderId: orderIdOf(1),
    status: 'rejected',
    reason,
    lines: [],
  })
  expect(store.level(1)).toMatchObject({ reserved: 0 })
  expect(published(opened)).toEqual([{ topic: 'stock-rejected', orderId: orderIdOf(1), reason }])
})

test.each(['e1', 'another id'])('an order that comes again (event %s) changes nothing', eventId => {
  using opened = temporaryStore()
  opened.store.add([{ productId: 1, onHand: 10 }])
  const first = place(opened, 1, [line(1, 6)], 'e1')
  expect(place(opened, 1, [line(1, 6)], eventId)).toEqual(first)
  expect(opened.store.level(1)).toMatchObject({ reserved: 6 })
  expect(published(opened)).toHaveLength(1)
})

test('what is not there is undefined', () => {
  using opened = temporaryStore()
  expect(opened.store.level(1)).toBeUndefined()
  expect(opened.store.reservation(orderIdOf(1))).toBeUndefined()
  expect(opened.store.isEmpty()).toBe(true)
})

test('the database itself refuses to keep more than there is', () => {
  using opened = temporaryStore()
  opened.store.add([{ productId: 1, onHand: 10 }])
  for (const reserved of [11, -1]) {
    expect(() => opened.database.update(stock).set({ reserved }).run()).toThrow('never_below_zero')
  }
})

test('under any sequence of orders, repeated ones too, the books agree', () => {
  using opened = temporaryStore()
  const { store } = opened
  store.add([1, 2, 3].map(productId => ({ productId, onHand: 60 })))
  let number = 0
  const attempt = fc.record({
    lines: fc.array(
      fc.record({ productId: fc.integer({ min: 1, max: 4 }), quantity: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    deliveries: fc.integer({ min: 1, max: 3 }),
    sameEvent: fc.boolean(),
  })
  fc.assert(
    fc.property(attempt, ({ lines, deliveries, sameEvent }) => {
      number += 1
      for (let delivery = 0; delivery < deliveries; delivery++) {
        place(opened, number, lines, sameEvent ? `e${number}` : `e${number}.${delivery}`)
      }
      const kept = new Map<number, number>()
      for (let order = 1; order <= number; order++) {
        for (const { productId, quantity } of store.reservation(orderIdOf(order))?.lines ?? []) {
          kept.set(productId, (kept.get(productId) ?? 0) + quantity)
        }
      }
      for (const { productId, onHand, reserved } of store.levels()) {
        expect(reserved).toBe(kept.get(productId) ?? 0)
        expect(reserved).toBeLessThanOrEqual(onHand)
      }
      expect(published(opened)).toHaveLength(number)
    }),
    { numRuns: 60 },
  )
})
