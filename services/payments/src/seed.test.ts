import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { seed } from './seed.ts'

const folder = resolve(import.meta.dir, '../../../data/northwind')

function setUp(known: string[]) {
  const cards = new Map(known.map(id => [id, 'own']))
  let underWay = 0
  let most = 0
  return {
    cards,
    most: () => most,
    vault: {
      async seal(token: string) {
        underWay += 1
        most = Math.max(most, underWay)
        await Promise.resolve()
        underWay -= 1
        return `sealed ${token}`
      },
    },
    store: {
      customersWithCard: async () => [...cards.keys()],
      addSealedCards: async (added: { customerId: string; sealed: string }[]) => {
        for (const { customerId, sealed } of added) cards.set(customerId, sealed)
      },
    },
  }
}

test('each customer who has no card gets one, a few at a time', async () => {
  const { cards, most, ...dependencies } = setUp(['BONAP'])
  expect(await seed(dependencies, folder)).toBe(90)
  expect(cards.size).toBe(91)
  expect(cards.get('ALFKI')).toBe('sealed tok_ALFKI')
  expect(cards.get('BONAP')).toBe('own')
  expect(most()).toBe(8)
  expect(await seed(dependencies, folder)).toBe(0)
})
