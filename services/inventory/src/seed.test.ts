import { expect, test } from 'bun:test'
import { onEachDialect, temporaryStore } from '../test/temporary-store.ts'
import { openingStock, seed } from './seed.ts'

test('the opening stock follows Northwind’s units', () => {
  expect([openingStock(0), openingStock(39)]).toEqual([450, 840])
})

test('an empty warehouse is filled, once', async () => {
  await using opened = await temporaryStore()
  expect(await seed(opened.store, 'data/northwind')).toBe(77)
  expect(await opened.store.level(1)).toEqual({ productId: 1, onHand: 840, reserved: 0, available: 840 })
  expect(await seed(opened.store, 'data/northwind')).toBe(0)
  expect(await opened.store.levels()).toHaveLength(77)
})

onEachDialect(open => {
  test('two replicas that start at once fill it once', async () => {
    await using opened = await open()
    const added = await Promise.all(
      [opened.store, opened.replica].map(store => seed(store, 'data/northwind')),
    )
    expect(added.sort()).toEqual([0, 77])
    expect(await opened.store.levels()).toHaveLength(77)
  })
})
