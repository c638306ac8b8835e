import { expect, test } from 'bun:test'
import { cancelUnshipped, catchUp, follow, isDone } from './follow.ts'
import type { Insights } from './insights.ts'
import { type Entry, foundIn } from './ledger.ts'
import type { ShopClient } from './shop-client.ts'
import { at, balancedBooks, kept, places } from './test/balanced-books.ts'

const parts = { shipping: true, insights: true }

test('of balanced books nothing is awaited', () => {
  const { entries } = balancedBooks()
  expect(entries.map(entry => isDone(entry, parts))).toEqual(
    entries.map(({ answer }) => answer.kind === 'accepted'),
  )
})

test.each([
  ['confirmed', 'reservation', 'reserved'],
  ['confirmed', 'payment', 'authorised'],
  ['cancelled', 'reservation', 'fulfilled'],
  ['cancelled', 'payment', 'captured'],
  ['cancelled', 'shipment', 'arranged'],
  ['declined', 'reservation', 'reserved'],
  ['declined', 'payment', 'pending'],
  ['declined', 'payment', 'authorised'],
] as const)('of the %s order the %s is awaited that is %s', (place, kind, status) => {
  const books = balancedBooks()
  Object.assign(kept(books, kind, place), { status })
  expect(isDone(at(books.entries, places[place]), parts)).toBeFalse()
})

test('without shipping no shipment is awaited', () => {
  const { entries } = balancedBooks()
  const cancelled = at(entries, places.cancelled)
  delete cancelled.shipment
  expect(isDone(cancelled, parts)).toBeFalse()
  expect(isDone(cancelled, { ...parts, shipping: false })).toBeTrue()
})

/** A shop that has what the entries have. */
function shopOf(entries: Entry[]): ShopClient {
  const find = (id: string) => entries.find(({ order }) => foundIn(order)?.id === id)
  const read = (kind: 'order' | 'reservation' | 'payment' | 'shipment') => async (id: string) =>
    structuredClone(find(id)?.[kind] ?? { problem: 'unknown' })
  const readers = {
    order: read('order'),
    reservation: read('reservation'),
    payment: read('payment'),
    shipment: read('shipment'),
  }
  return readers as unknown as ShopClient
}

test('an order is read until what follows is done', async () => {
  const there = balancedBooks()
  const captured = kept(there, 'payment', 'confirmed')
  captured.status = 'authorised'
  const shop = shopOf(there.entries)
  let looks = 0
  const payment: ShopClient['payment'] = id => {
    if (id === captured.orderId && ++looks === 3) captured.status = 'captured'
    return shop.payment(id)
  }
  const entries = structuredClone(there.entries)
  let done = 0
  await follow({ ...shop, payment }, entries, {
    concurrency: 2,
    patience: 60_000,
    parts,
    onDone: () => done++,
  })
  expect([looks, done]).toEqual([3, 5])
  expect(entries).toEqual(there.entries)
})

test('what never comes is given up', async () => {
  const there = balancedBooks()
  kept(there, 'payment', 'confirmed').status = 'authorised'
  const entries = structuredClone(there.entries)
  await follow(shopOf(there.entries), entries, { concurrency: 2, patience: 1, parts })
  expect(foundIn(at(entries, places.confirmed).payment)?.status).toBe('authorised')
})

test('only confirmed orders that were never sent are cancelled', async () => {
  const { entries } = balancedBooks()
  for (const { sent } of entries) sent.isShipped = sent.number === 10
  const asked: string[] = []
  const cancelOrder: ShopClient['cancelOrder'] = async id => {
    asked.push(id)
    return { kind: 'refused', status: 409, code: 'order-not-confirmed' }
  }
  const chosen = await cancelUnshipped({ cancelOrder } as ShopClient, entries, { concurrency: 2 })
  expect([asked, chosen.map(entry => entry.sent.number)]).toEqual([['id-13'], [13]])
  expect(at(entries, places.repeated).cancellation).toMatchObject({ code: 'order-not-confirmed' })
})

function insightsOf(...answers: Insights['totals'][]) {
  const last = answers.length - 1
  let looks = 0
  const totals = async () => at(answers, Math.min(looks++, last))
  const insights = async () => ({ totals: await totals(), sales: { products: [], countries: [], days: [] } })
  return { shop: { totals, insights } as unknown as ShopClient, looks: () => looks }
}

test('the insights are read once they have caught up', async () => {
  const { entries, insights } = balancedBooks()
  if (!insights) throw new Error('no insights')
  const { before, after } = insights
  const { shop, looks } = insightsOf(before.totals, { ...after.totals, parked: 1 }, after.totals)
  expect((await catchUp(shop, entries, { before, patience: 60_000 })).totals).toEqual(after.totals)
  expect(looks()).toBe(4)
})

test('insights that never catch up are read as they are', async () => {
  const { entries, insights } = balancedBooks()
  if (!insights) throw new Error('no insights')
  const { before } = insights
  const { shop } = insightsOf(before.totals)
  expect((await catchUp(shop, entries, { before, patience: 50 })).totals).toEqual(before.totals)
})
