import { expect, test } from 'bun:test'
import type { Reservation } from '@shop/inventory-contract'
import { ConflictError } from '@shop/journal/conflict'
import { line, onEachDialect, orderIdOf, reserveFor, type TemporaryStore } from '../test/temporary-store.ts'

const orderId = orderIdOf(1)

function reserve(
  { store }: Pick<TemporaryStore, 'store'>,
  number: number,
  ...lines: ReturnType<typeof line>[]
) {
  return store.execute(orderIdOf(number), { command: 'reserve', lines })
}

onEachDialect(open => {
  test('stock is kept for an order until a time, and said so', async () => {
    await using opened = await open()
    const { store, clock } = opened
    await store.add([{ productId: 1, onHand: 10 }])
    const expiresAt = new Date(clock.now.getTime() + reserveFor).toISOString()
    const reservation: Reservation = {
      ...{ orderId, status: 'reserved', lines: [line(1, 3)], expiresAt, version: 1 },
    }
    expect(await reserve(opened, 1, line(1, 1), line(1, 2))).toEqual(reservation)
    expect(await store.reservation(orderId)).toEqual(reservation)
    expect(await store.level(1)).toEqual({ productId: 1, onHand: 10, reserved: 3, available: 7 })
    const at = clock.now.toISOString()
    expect(await opened.published()).toEqual([
      { type: 'stock-reserved', orderId, version: 1, previous: 0, at, lines: [line(1, 3)], expiresAt },
    ])
  })

  test('a rejection keeps nothing and names its reason', async () => {
    await using opened = await open()
    const { store } = opened
    await store.add([1, 2].map(productId => ({ productId, onHand: 10 })))
    const rejected = { orderId, reason: 'insufficient-stock', lines: [] }
    expect(await reserve(opened, 1, line(1, 1), line(2, 11))).toEqual({
      ...{ ...rejected, status: 'rejected', version: 1 },
    })
    expect(await store.reservation(orderId)).toMatchObject({ ...rejected, status: 'rejected' })
    expect(await store.levels()).toMatchObject([{ reserved: 0 }, { reserved: 0 }])
    expect(await opened.published()).toMatchObject([{ ...rejected, type: 'stock-rejected', version: 1 }])
  })

  test('a number that is no product has no units', async () => {
    await using opened = await open()
    expect(await reserve(opened, 1, line(1e300, 1))).toMatchObject({ status: 'rejected' })
  })

  test('from the reservation to the units that come back, the stock follows', async () => {
    await using opened = await open()
    const { store } = opened
    await store.add([{ productId: 1, onHand: 10 }])
    const lines = [line(1, 4)]
    await reserve(opened, 1, ...lines)
    await reserve(opened, 2, ...lines)
    expect(await store.execute(orderIdOf(2), { command: 'release' })).toMatchObject({
      ...{ status: 'released', lines, version: 2 },
    })
    expect(await store.level(1)).toMatchObject({ onHand: 10, reserved: 4 })
    expect(await store.execute(orderId, { command: 'fulfil', lines })).toMatchObject({ status: 'fulfilled' })
    expect(await store.level(1)).toMatchObject({ onHand: 6, reserved: 0 })
    const restocked = { orderId, status: 'restocked' as const, lines, version: 3 }
    expect(await store.execute(orderId, { command: 'restock' })).toEqual(restocked)
    expect(await store.reservation(orderId)).toEqual(restocked)
    expect(await store.level(1)).toMatchObject({ onHand: 10, reserved: 0 })
    expect((await opened.published()).map(({ type, orderId: id, version }) => [type, id, version])).toEqual([
      ['stock-reserved', orderId, 1],
      ['stock-reserved', orderIdOf(2), 1],
      ['stock-released', orderIdOf(2), 2],
      ['stock-fulfilled', orderId, 2],
      ['stock-restocked', orderId, 3],
    ])
  })

  test('one that is called off first keeps nothing when it is asked for', async () => {
    await using opened = await open()
    await opened.store.add([{ productId: 1, onHand: 10 }])
    const released = { orderId, status: 'released' as const, lines: [], version: 1 }
    expect(await opened.store.execute(orderId, { command: 'release' })).toEqual(released)
    expect(await reserve(opened, 1, line(1, 4))).toEqual(released)
    expect(await opened.store.level(1)).toMatchObject({ reserved: 0 })
    expect(await opened.published()).toHaveLength(1)
  })

  test('an order that is confirmed without a reservation takes its own lines', async () => {
    await using opened = await open()
    const { store } = opened
    await store.add([1, 2].map(productId => ({ productId, onHand: 10 })))
    await reserve(opened, 1, line(1, 2), line(2, 2))
    await store.execute(orderId, { command: 'release' })
    await store.execute(orderId, { command: 'fulfil', lines: [line(2, 7)] })
    await store.execute(orderIdOf(2), { command: 'fulfil', lines: [line(1, 3)] })
    expect((await store.reservation(orderId))?.lines).toEqual([line(2, 7)])
    expect((await store.reservation(orderIdOf(2)))?.lines).toEqual([line(1, 3)])
    expect(await store.levels()).toMatchObject([
      { onHand: 7, reserved: 0 },
      { onHand: 3, reserved: 0 },
    ])
    const missing = store.execute(orderIdOf(3), { command: 'fulfil', lines: [line(2, 4)] })
    await expect(missing).rejects.toMatchObject({ code: 'units-missing' })
  })

  test('what is not there is undefined', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await store.level(1)).toBeUndefined()
    expect(await store.reservation(orderId)).toBeUndefined()
    expect(await store.execute(orderId, { command: 'expire' })).toBeUndefined()
    expect(await store.isEmpty()).toBe(true)
  })

  test('those are due whose time has come, the longest ago first', async () => {
    await using opened = await open()
    const { store, clock } = opened
    await store.add([{ productId: 1, onHand: 10 }])
    const start = clock.now.getTime()
    for (const number of [2, 1, 3]) {
      await reserve(opened, number, line(1, 1))
      clock.now = new Date(clock.now.getTime() + 1_000)
    }
    await store.execute(orderIdOf(3), { command: 'release' })
    expect(await store.due(10)).toEqual([])
    clock.now = new Date(start + reserveFor)
    expect(await store.due(10)).toEqual([orderIdOf(2)])
    clock.now = new Date(start + reserveFor + 60_000)
    expect(await store.due(10)).toEqual([orderIdOf(2), orderIdOf(1)])
    expect(await store.due(1)).toEqual([orderIdOf(2)])
  })

  test('a delivery adds its units once for each key', async () => {
    await using opened = await open()
    const { store, replica } = opened
    await store.add([1, 2].map(productId => ({ productId, onHand: 10 })))
    const delivery = { idempotencyKey: 'a', productId: 1, quantity: 5 }
    const level = { productId: 1, onHand: 15, reserved: 0, available: 15 }
    const atOnce = [store, replica, store, replica].map(one => one.deliver(delivery))
    expect(await Promise.all(atOnce)).toEqual(Array(4).fill(level))
    expect(await store.deliver(delivery)).toEqual(level)
    expect(await store.deliver({ ...delivery, quantity: 6 })).toBe('idempotency-key-reused')
    expect(await store.deliver({ ...delivery, productId: 2 })).toBe('idempotency-key-reused')
    expect(await store.deliver({ ...delivery, idempotencyKey: 'b', productId: 3 })).toBe('product-unknown')
    expect(await store.deliver({ ...delivery, idempotencyKey: 'b' })).toMatchObject({ onHand: 20 })
    expect(await store.level(2)).toMatchObject({ onHand: 10 })
  })

  test('the database itself refuses to keep more than there is', async () => {
    await using opened = await open()
    const { store, journal } = opened
    await store.add([{ productId: 1, onHand: 10 }])
    for (const change of [{ reserved: 11 }, { reserved: -1 }, { onHand: -1 }]) {
      const commit = journal.commit({ rows: write => [write.update(journal.tables.stock).set(change)] })
      await expect(commit).rejects.toThrow(ConflictError)
    }
    expect(await store.level(1)).toMatchObject({ onHand: 10, reserved: 0 })
  })

  test('opening stock is added whole or not at all', async () => {
    await using opened = await open()
    const twice = opened.store.add([1, 1].map(productId => ({ productId, onHand: 10 })))
    await expect(twice).rejects.toThrow(ConflictError)
    expect(await opened.store.isEmpty()).toBe(true)
  })
})
