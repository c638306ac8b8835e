import { expect, test } from 'bun:test'
import { temporaryStore } from '../test/temporary-store.ts'
import { openingStock, seed } from './seed.ts'

test('the opening stock follows Northwind’s units', () => {
  expect([openingStock(0), openingStock(39)]).toEqual([450, 840])
})

test('an empty warehouse is filled, once', async () => {
  using opened = temporaryStore()
  expect(await seed(opened.store, 'data/northwind')).toBe(77)
  expect(opened.store.level(1)).toEqual({ productId: 1, onHand: 840, reserved: 0, available: 840 })
  expect(await seed(opened.store, 'data/northwind')).toBe(0)
  expect(opened.store.levels()).toHaveLength(77)
})
