// append.ts FOLDER BATCH IN_FLIGHT: for each line, so many seconds of commits of so many events; events a second
import { answerLines } from '../tell.mjs'
import { openOrders, wholeLife } from './orders.ts'

const [folder = '', batch, inFlight] = process.argv.slice(2)
const journal = await openOrders(folder)
const events = Array.from(
  { length: Number(batch) },
  (_, index) => wholeLife[index % wholeLife.length],
).filter(event => event !== undefined)

await answerLines(async seconds => {
  const times: number[] = []
  const started = performance.now()
  const ends = started + Number(seconds) * 1_000
  async function repeat() {
    for (let now = performance.now(); now < ends; ) {
      await journal.commit({ stream: Bun.randomUUIDv7(), expectedVersion: 0, events })
      const before = now
      now = performance.now()
      times.push(now - before)
    }
  }
  await Promise.all(Array.from({ length: Number(inFlight) }, repeat))
  return { value: (times.length * events.length) / ((performance.now() - started) / 1_000), times }
})
