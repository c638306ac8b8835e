// An app that can be killed: what it begins and ends to handle is in a file before daprd has its answer.
// Options come by the environment, since it is a process of its own.

import { appendFileSync } from 'node:fs'
import { Elysia } from 'elysia'
import { dapr, subscribe, subscribeBulk } from '../../../packages/elysia-dapr/src/index.ts'
import { dead, placed } from './topics.ts'

const { PORT, LEDGER = '', HANDLING_MS, APP_API_TOKEN, DEAD_LETTERS, BULK } = process.env

const options = DEAD_LETTERS === 'yes' ? { deadLetterTopic: dead.name } : {}
let isHealthy = true

const app = new Elysia()
  .use(dapr({ appToken: APP_API_TOKEN, healthy: () => isHealthy }))
  .use(
    BULK === 'yes'
      ? subscribeBulk(placed, ({ entries }) => handle(entries.map(({ event }) => event.id)), {
          ...options,
          maxAwait: 20,
        })
      : subscribe(placed, ({ event }) => handle([event.id]), options),
  )
  .get('/memory', () => {
    Bun.gc(true)
    return process.memoryUsage.rss()
  })
  .listen({ hostname: '127.0.0.1', port: Number(PORT) })

process.on('SIGUSR1', () => {
  isHealthy = !isHealthy
})
process.once('SIGTERM', async () => {
  await app.stop()
  process.exit()
})

async function handle(ids: string[]): Promise<void> {
  note('begin', ids)
  await Bun.sleep(Number(HANDLING_MS))
  note('end', ids)
}

function note(what: string, ids: string[]): void {
  appendFileSync(LEDGER, ids.map(id => `${what} ${id}\n`).join(''))
}
