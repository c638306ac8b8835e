// replay.ts FOLDER ORDERS: appends the events of so many orders, then for each line replays all; seconds for 100,000
import { rebuild } from '../../../packages/journal/src/rebuild.ts'
import { orderViewOf } from '../../../services/orders/src/order-view.ts'
import { answerLines } from '../tell.mjs'
import { openOrders, wholeLife } from './orders.ts'

const [folder = '', orders] = process.argv.slice(2)
const journal = await openOrders(folder)
for (let order = 0; order < Number(orders); order++) {
  await journal.commit({ stream: Bun.randomUUIDv7(), expectedVersion: 0, events: [...wholeLife] })
}

await answerLines(async () => {
  const started = performance.now()
  const events = await rebuild(journal, orderViewOf(journal.tables.orderViews))
  const seconds = (performance.now() - started) / 1_000
  return (seconds / events) * 100_000
})
