import pLimit from 'p-limit'
import { expectedRise, type Insights, wrongRises } from './insights.ts'
import { type Entry, foundIn } from './ledger.ts'
import { readEntry } from './read-back.ts'
import type { Totals } from './shapes.ts'
import type { Parts, ShopClient } from './shop-client.ts'

export interface FollowOptions {
  concurrency: number
  /** Gives up after so many milliseconds in which nothing more was done. */
  patience: number
  parts: Parts
  /** Called for each order of which nothing more is awaited. */
  onDone?: () => void
}

/** Between two looks, in milliseconds. */
const pause = 100

/**
 * Reads each order that has settled until what follows from that is done elsewhere. What is not done when patience ends
 * stays in the ledger as it is; nothing is thrown for it.
 */
export async function follow(shop: ShopClient, entries: Entry[], options: FollowOptions): Promise<void> {
  const { concurrency, patience, parts, onDone } = options
  const looking = pLimit(concurrency)
  let lastEvent = performance.now()

  await Promise.all(entries.filter(entry => entry.settledAt !== undefined).map(untilDone))

  async function untilDone(entry: Entry): Promise<void> {
    await looking(readEntry, shop, entry, parts)
    while (!isDone(entry, parts)) {
      if (performance.now() - lastEvent > patience) return
      await Bun.sleep(pause)
      await looking(readEntry, shop, entry, parts)
    }
    lastEvent = performance.now()
    onDone?.()
  }
}

/** Whether all that follows from the state of the order has come to pass. */
export function isDone({ order, reservation, payment, shipment }: Entry, { shipping }: Parts): boolean {
  const stock = foundIn(reservation)?.status
  const money = foundIn(payment)?.status
  const goods = foundIn(shipment)?.status
  switch (foundIn(order)?.status) {
    case 'confirmed':
      return stock === 'fulfilled' && money === 'captured'
    case 'cancelled':
      return stock === 'restocked' && money === 'refunded' && (!shipping || goods === 'cancelled')
    case 'rejected':
      return stock !== 'reserved' && money !== 'pending' && money !== 'authorised' && goods !== 'arranged'
    default:
      return false
  }
}

/** Cancels the confirmed orders that Northwind never sent, and gives them. */
export async function cancelUnshipped(
  shop: ShopClient,
  entries: Entry[],
  { concurrency }: { concurrency: number },
): Promise<Entry[]> {
  const chosen = entries.filter(
    ({ sent, order }) => !sent.isShipped && foundIn(order)?.status === 'confirmed',
  )
  await pLimit(concurrency).map(chosen, async entry => {
    if (entry.answer.kind === 'accepted') entry.cancellation = await shop.cancelOrder(entry.answer.order.id)
  })
  return chosen
}

/**
 * Reads the insights once their totals are what the ledger says, or have not changed for as long as patience lasts.
 * Throws when the shop does not answer with them.
 */
export async function catchUp(
  shop: ShopClient,
  entries: Entry[],
  { before, patience }: { before: Insights; patience: number },
): Promise<Insights> {
  const expected = expectedRise(entries)
  let last: Totals | undefined
  let lastEvent = performance.now()
  while (performance.now() - lastEvent < patience) {
    const totals = await shop.totals()
    if (totals.parked === 0 && wrongRises(before.totals, totals, expected).length === 0) break
    if (last === undefined || !Bun.deepEquals(last, totals)) lastEvent = performance.now()
    last = totals
    await Bun.sleep(pause)
  }
  return await shop.insights()
}
