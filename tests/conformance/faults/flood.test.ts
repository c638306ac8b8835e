import { expect, setDefaultTimeout, test } from 'bun:test'
import pLimit from 'p-limit'
import { publish, type Sidecar } from '../../../packages/elysia-dapr/src/index.ts'
import { untilHandled } from './audit.ts'
import { startShop } from './shop.ts'
import { placed } from './topics.ts'

setDefaultTimeout(90_000)

const events = 2_000
const maxConcurrency = 16
/** Of each event. */
const bytes = 32 * 1024

test('a flood of events is handled, so many at once as the app allows, and leaves no memory behind', async () => {
  await using shop = await startShop({ broker: 'mqtt3', maxConcurrency, handlingMs: 5 })
  const { app, sidecar, outside } = shop
  const memory = async () => Number(await (await fetch(`http://127.0.0.1:${app.port}/memory`)).text())

  await untilHandled(await flood(outside, 'warm-up'), app.handled, sidecar)
  const before = await memory()
  await untilHandled(await flood(outside, 'flood'), app.handled, sidecar)
  // Half of what the events of one flood are: the memory of a runtime comes and goes by some mebibytes.
  expect((await memory()) - before).toBeLessThan((events * bytes) / 2)
  expect(mostAtOnce(await app.ledger())).toBeWithin(2, maxConcurrency + 1)
})

async function flood(sidecar: Sidecar, name: string): Promise<Set<string>> {
  const limit = pLimit(64)
  const ids = Array.from({ length: events }, (_, index) => `${name}-${index}`)
  const data = { number: 1, text: 'x'.repeat(bytes) }
  await limit.map(ids, id => publish(sidecar, placed, data, { id }))
  return new Set(ids)
}

/** How many handlers ran at the same time at most. */
function mostAtOnce(ledger: string[]): number {
  let now = 0
  let most = 0
  for (const line of ledger) {
    now += line.startsWith('begin ') ? 1 : -1
    most = Math.max(most, now)
  }
  return most
}
