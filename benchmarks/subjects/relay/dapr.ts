// dapr.ts: tells its port, then publishes what the lines ask for through transactions of a store with Dapr's outbox
import { type Sidecar, sidecar } from 'elysia-dapr'
import { store } from '../../lib/delivery.ts'
import { answerLines, tell } from '../tell.mjs'
import { type Command, eventOf, now, type Published, steadily } from './protocol.ts'

/** Transactions at the same time; more than the store takes at once. */
const inFlight = 16
let dapr: Sidecar

const app = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(null, { status: 404 }) })
tell({ port: app.port })

await answerLines(async line => {
  const command: Command = JSON.parse(line)
  if ('sidecar' in command) dapr = sidecar({ endpoint: `http://127.0.0.1:${command.sidecar}` })
  else if ('rate' in command) return await publishSteadily(command)
  else return await publishAll(command)
  return null
})

async function publishAll({ run, count }: { run: string; count: number }): Promise<Published> {
  const began = now()
  let next = 0
  async function repeat() {
    while (next < count) await transact(run, next++)
  }
  await Promise.all(Array.from({ length: inFlight }, repeat))
  return { began, acknowledged: null, committed: [] }
}

async function publishSteadily({
  run,
  count,
  rate,
}: {
  run: string
  count: number
  rate: number
}): Promise<Published> {
  const began = now()
  const committed = await steadily(count, rate, number => transact(run, number))
  return { began, acknowledged: null, committed }
}

async function transact(run: string, number: number): Promise<void> {
  const value = eventOf(run, number)
  // without it the event's data is what Go prints of the value
  const metadata = { contentType: 'application/json' }
  const operations = [{ operation: 'upsert', request: { key: value.orderId, value, metadata } }]
  const answer = await dapr.request(`/v1.0/state/${store}/transaction`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operations }),
  })
  if (!answer.ok) throw new Error(`the transaction was answered ${answer.status}: ${await answer.text()}`)
}
