import pLimit from 'p-limit'
import type { Entry } from './ledger.ts'
import type { NorthwindOrder } from './northwind.ts'
import type { ShopClient } from './shop-client.ts'

export interface ReplayOptions {
  /** Starts every idempotency key, so that no two runs share one. */
  runId: string
  /** Requests in flight at once, for placing orders and for watching them each. */
  concurrency: number
  /** Gives up on open orders after so many milliseconds in which no order was answered or settled. */
  patience: number
  /** Called after every answer and every settled order. */
  onProgress?: (counts: Counts) => void
}

export interface Counts {
  answered: number
  /** Refused, confirmed or rejected: nothing more will happen to them. */
  finished: number
}

// An order mostly settles within a few polls. One that does not goes back to the end of the queue, so that
// the orders behind it are seen in time even when an event waits for its redelivery.
const firstPause = 10
const longestPause = 250
const pollsInARow = 8

/**
 * Places the orders, oldest first, and watches each accepted one until it is confirmed or rejected.
 * Orders that are still open when patience ends stay without `settledAt`; nothing is thrown for them.
 */
export async function replay(
  shop: ShopClient,
  orders: NorthwindOrder[],
  options: ReplayOptions,
): Promise<Entry[]> {
  const { runId, concurrency, patience, onProgress } = options
  const placing = pLimit(concurrency)
  const watching = pLimit(concurrency)
  const counts: Counts = { answered: 0, finished: 0 }
  let lastEvent = performance.now()

  return await Promise.all(orders.map(placeAndWatch))

  async function placeAndWatch(order: NorthwindOrder): Promise<Entry> {
    const entry = await placing(place, order)
    const { answer } = entry
    note({ answered: 1, finished: answer.kind === 'refused' ? 1 : 0 })
    if (answer.kind !== 'accepted') return entry
    while (entry.settledAt === undefined && performance.now() - lastEvent < patience) {
      await watching(watch, entry, answer.order.id)
    }
    return entry
  }

  async function place({ id, ...order }: NorthwindOrder): Promise<Entry> {
    const sent = { number: id, key: `${runId}-${id}`, ...order }
    const sentAt = performance.now()
    const { answer, retries } = await shop.placeOrder(sent)
    return { sent, answer, retries, sentAt, answeredAt: performance.now() }
  }

  async function watch(entry: Entry, id: string): Promise<void> {
    let pause = firstPause
    for (let poll = 0; poll < pollsInARow; poll++) {
      const waited = poll === 0 && performance.now() - entry.answeredAt > firstPause
      if (!waited) await Bun.sleep(pause)
      pause = Math.min(pause * 1.6, longestPause)
      const read = await shop.order(id)
      if ('problem' in read || read.found.status === 'placed') continue
      entry.settledAt = performance.now()
      note({ answered: 0, finished: 1 })
      return
    }
  }

  function note({ answered, finished }: Counts): void {
    lastEvent = performance.now()
    counts.answered += answered
    counts.finished += finished
    onProgress?.(counts)
  }
}
