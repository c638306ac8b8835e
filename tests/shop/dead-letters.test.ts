import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

let shop: Shop
let inventory: Database.Database

beforeAll(async () => {
  shop = await startShop()
  inventory = new Database(join(shop.home, '.local/data/inventory.db'))
})

afterAll(async () => {
  inventory.close()
  await shop[Symbol.asyncDispose]()
})

interface DeadLetter {
  id: string
  topic: string
  data: { orderId?: unknown }
}

function deadLetters(): DeadLetter[] {
  const rows = inventory.prepare('select event from dead_letters').all() as { event: string }[]
  return rows.map(({ event }) => JSON.parse(event))
}

function inventoryLog(message: string): Record<string, unknown>[] {
  const lines = readFileSync(join(shop.home, '.local/logs/inventory.log'), 'utf8').split('\n')
  return lines.filter(line => line.includes(`"msg":"${message}"`)).map(line => JSON.parse(line))
}

async function placeOrder(key: string): Promise<string> {
  const response = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  expect(response.status).toBe(202)
  const { id } = (await response.json()) as { id: string }
  return id
}

async function statusOf(order: string): Promise<string> {
  const response = await fetch(`${shop.gateway}/orders/${order}`)
  const { status } = (await response.json()) as { status: string }
  return status
}

test('an event that does not fit its schema goes to the dead letters at once', async () => {
  const env = readFileSync(join(shop.home, '.local/run/env'), 'utf8')
  const token = /^export DAPR_API_TOKEN='(.*)'$/m.exec(env)?.[1] ?? ''
  const url = `http://127.0.0.1:${8103 + shop.offset}/v1.0/publish/pubsub/order-placed?metadata.cloudevent.id=poison`
  const published = await fetch(url, {
    method: 'POST',
    headers: { 'dapr-api-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ orderId: 5 }),
  })
  expect(published.status).toBe(204)

  await until('the poison is kept', () => deadLetters().some(({ id }) => id === 'poison'))
  expect(deadLetters().find(({ id }) => id === 'poison')).toMatchObject({
    topic: 'order-placed',
    data: { orderId: 5 },
  })
  expect(inventoryLog('event dropped')).toHaveLength(1)
})

test('an event whose handler throws is retried, then kept, and never taken for handled', async () => {
  inventory.exec('alter table reservations rename to reservations_hidden')
  const order = await placeOrder('throws')
  await until('its event is given up', () => deadLetters().some(({ data }) => data.orderId === order), 60_000)
  inventory.exec('alter table reservations_hidden rename to reservations')

  // the first delivery and the policy's seven retries
  expect(inventoryLog('request failed')).toHaveLength(8)
  expect(await statusOf(order)).toBe('placed')

  const next = await placeOrder('after-the-fault')
  await until('the next order is confirmed', async () => (await statusOf(next)) === 'confirmed')
})

test('an event whose handler throws for a while is handled in the end', async () => {
  const given = deadLetters().length
  inventory.exec('alter table reservations rename to reservations_hidden')
  const failures = inventoryLog('request failed').length
  const order = await placeOrder('recovers')
  await until('two deliveries have failed', () => inventoryLog('request failed').length >= failures + 2)
  inventory.exec('alter table reservations_hidden rename to reservations')

  await until('the order is confirmed', async () => (await statusOf(order)) === 'confirmed')
  expect(deadLetters()).toHaveLength(given)
})
