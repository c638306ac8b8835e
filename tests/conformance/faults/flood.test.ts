import { expect, setDefaultTimeout, test } from 'bun:test'
import pLimit from 'p-limit'
import { publish, type Sidecar } from '../../../packages/elysia-dapr/src/index.ts'
import { untilHandled } from './audit.ts'
import { startShop } from './shop.ts'
import { placed } from './topics.ts'

setDefaultTimeout(90_000)

const events = 2_000
const maxConcurrency = 16
const mebibyte = 1024 * 1024

test('a flood of events is handled, so many at once as the app allows, and leaves no memory behind', async () => {
  await using shop = await startShop({ broker: 'mqtt3', maxConcurrency, handlingMs: 5 })
  const { app, sidecar, outside } = shop
  const memory = async () => Number(await (await fetch(`http://127.0.0.1:${app.port}/memory`)).text())

  await untilHandled(await flood(outside, 'warm-up'), app.handled, sidecar)
  const before = await memory()
  await untilHandled(await flood(outside, 'flood'), app.handled, sidecar)
  expect(((await memory()) - before) / mebibyte).toBeLessThan(32)
  expect(mostAtOnce(await app.ledger())).toBe(maxConcurrency)
})

async function flood(sidecar: Sidecar, name: string): Promise<Set<string>> {
  const limit = pLimit(64)
  const ids = Array.from({ length: events }, (_, index) => `${name}-${index}`)
  await limit.map(ids, id => publish(sidecar, placed, { number: 1 }, { id }))
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
