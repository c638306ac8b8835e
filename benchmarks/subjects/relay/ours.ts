// ours.ts FOLDER TOPIC: tells its port, then publishes what the lines ask for through the outbox and its relay
import { resolve } from 'node:path'
import { isNull } from 'drizzle-orm'
import { sidecar } from 'elysia-dapr'
import { openJournal } from '../../../packages/journal/src/journal.ts'
import { type Relay, startRelay } from '../../../packages/journal/src/relay.ts'
import { tables } from '../../../services/orders/src/schema.ts'
import { pubsub } from '../../lib/delivery.ts'
import { answerLines, tell } from '../tell.mjs'
import { type Command, eventOf, now, type Published, steadily } from './protocol.ts'

const [folder, topic = ''] = process.argv.slice(2)
const migrations = resolve(import.meta.dir, '../../../services/orders/migrations')
const journal = await openJournal({ url: `file:${folder}/orders.db`, tables, migrations })
const { outbox } = journal.tables
let port = 0

const app = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response(null, { status: 404 }) })
tell({ port: app.port })

await answerLines(async line => {
  const command: Command = JSON.parse(line)
  if ('sidecar' in command) port = command.sidecar
  else if ('rate' in command) return await publishSteadily(command)
  else return await publishAll(command)
  return null
})

async function publishAll({ run, count }: { run: string; count: number }): Promise<Published> {
  // those of earlier runs, which wait to be published once more
  await journal.commit({ rows: write => [write.delete(outbox)] })
  for (let from = 0; from < count; from += 100) {
    const numbers = Array.from({ length: Math.min(100, count - from) }, (_, index) => from + index)
    await journal.commit({ outbox: numbers.map(number => outgoing(run, number)) })
  }
  const began = now()
  const relay = start()
  while (await isLeft()) await Bun.sleep(5)
  const acknowledged = now()
  await relay.stop()
  return { began, acknowledged, committed: [] }
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
  const relay = start()
  const began = now()
  const committed = await steadily(count, rate, number => journal.commit({ outbox: [outgoing(run, number)] }))
  while (await isLeft()) await Bun.sleep(5)
  await relay.stop()
  return { began, acknowledged: now(), committed }
}

function outgoing(run: string, number: number) {
  const data = eventOf(run, number)
  return { topic: { pubsub, name: topic }, key: data.orderId, data }
}

function start(): Relay {
  return startRelay({
    journal,
    sidecar: sidecar({ endpoint: `http://127.0.0.1:${port}` }),
    source: 'publisher',
    onError: error => process.stderr.write(`${error}\n`),
  })
}

/** Whether an event is not published yet. */
async function isLeft(): Promise<boolean> {
  const some = journal.database.select({ seq: outbox.seq }).from(outbox).where(isNull(outbox.againAt))
  return (await some.limit(1)).length > 0
}
