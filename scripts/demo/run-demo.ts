import { checkBooks } from './books.ts'
import { type Figures, toFigures } from './figures.ts'
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
  /** Milliseconds without any order settling after which the open ones are given up. */
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
  const stockBefore = await shop.stock()

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

  await sendAgain(shop, entries, { concurrency, sample: sampleSize })
  const reading = startProgress('books ', entries.length)
  let read = 0
  await readBack(shop, entries, { concurrency, onRead: () => reading.update(++read, 'read back') }).finally(
    reading.finish,
  )
  const stockAfter = await shop.stock()

  const mismatches = checkBooks({ products, catalogue, entries, stockBefore, stockAfter })
  return {
    runId,
    gateway: origin,
    balanced: mismatches.length === 0,
    figures: toFigures(entries),
    mismatches,
  }
}
