import { checkBooks } from './books.ts'
import { type Figures, toFigures } from './figures.ts'
import { cancelUnshipped, catchUp, follow } from './follow.ts'
import { findShop } from './gateway.ts'
import { createHttp } from './http.ts'
import type { Mismatch } from './mismatch.ts'
import { loadNorthwind } from './northwind.ts'
import { startProgress } from './progress.ts'
import { readBack, sendAgain } from './read-back.ts'
import { replay } from './replay.ts'
import { createShopClient } from './shop-client.ts'

export interface DemoOptions {
  /** The gateway, e.g. http://127.0.0.1:8000. */
  origin: string
  /** How many of the Northwind orders, oldest first. */
  orders: number
  concurrency: number
  /** Milliseconds without any order settling, or anything following from it, after which the rest is given up. */
  patience: number
}

export interface DemoResult {
  runId: string
  gateway: string
  balanced: boolean
  figures: Figures
  mismatches: Mismatch[]
}

const sampleSize = 20

/** Replays the orders against the running shop and checks its books. Throws when there is no shop. */
export async function runDemo({
  origin,
  orders: limit,
  concurrency,
  patience,
}: DemoOptions): Promise<DemoResult> {
  await findShop(origin)
  const { products, orders } = await loadNorthwind()
  const shop = createShopClient(createHttp(origin))
  const catalogue = await shop.products()
  const parts = await shop.parts()
  const stockBefore = await shop.stock()
  const before = parts.insights ? await shop.insights() : undefined

  const runId = `demo-${crypto.randomUUID()}`
  const chosen = orders.slice(0, limit)
  const placing = startProgress('orders', chosen.length)
  const entries = await replay(shop, chosen, {
    runId,
    concurrency,
    patience,
    onProgress: ({ answered, finished }) =>
      placing.update(finished, `settled or refused, ${answered} answered, ${answered - finished} open`),
  }).finally(placing.finish)

  const settled = entries.filter(entry => entry.settledAt !== undefined)
  const following = startProgress('follow', settled.length)
  let done = 0
  const onDone = () => following.update(++done, 'paid and fulfilled, or let go of')
  const options = { concurrency, patience, parts }
  await follow(shop, settled, { ...options, onDone }).finally(following.finish)
  const cancelled = await cancelUnshipped(shop, settled, { concurrency })
  await follow(shop, cancelled, options)

  await sendAgain(shop, entries, { concurrency, sample: sampleSize })
  const reading = startProgress('books ', entries.length)
  let read = 0
  const onRead = () => reading.update(++read, 'read back')
  await readBack(shop, entries, { concurrency, parts, onRead }).finally(reading.finish)
  const stockAfter = await shop.stock()
  const insights = before && { before, after: await catchUp(shop, entries, { before, patience }) }

  const mismatches = checkBooks({
    products,
    catalogue,
    parts,
    entries,
    stockBefore,
    stockAfter,
    ...(insights && { insights }),
  })
  return {
    runId,
    gateway: origin,
    balanced: mismatches.length === 0,
    figures: toFigures(entries, parts),
    mismatches,
  }
}
