// consumer.ts TOPIC: tells its port; for each line {run, count, patience} when it got so many events of a run: [[number, time], …]
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, subscribe, topic } from 'elysia-dapr'
import { pubsub } from '../../lib/delivery.ts'
import { answerLines, tell } from '../tell.mjs'
import { now, type Wanted } from './protocol.ts'

const orders = topic(
  pubsub,
  process.argv[2] ?? '',
  Type.Object({ run: Type.String(), number: Type.Integer() }),
)
/** When each event of a run came first. */
const runs = new Map<string, Map<number, number>>()
let look = () => {}

const app = new Elysia().use(dapr()).use(
  subscribe(orders, ({ data: { run, number } }) => {
    const received = receivedOf(run)
    if (!received.has(number)) received.set(number, now())
    look()
  }),
)
app.listen({ hostname: '127.0.0.1', port: 0 })
tell({ port: app.server?.port })

await answerLines(async line => {
  const { run, count, patience }: Wanted = JSON.parse(line)
  const received = receivedOf(run)
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, patience)
    let seen = -1
    look = () => {
      if (received.size > seen) timer.refresh()
      seen = received.size
      if (seen < count) return
      clearTimeout(timer)
      resolve()
    }
    look()
  })
  look = () => {}
  runs.delete(run)
  return [...received]
})

function receivedOf(run: string): Map<number, number> {
  const received = runs.get(run) ?? new Map<number, number>()
  runs.set(run, received)
  return received
}
