import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Shop, startShop } from './shop.ts'

setDefaultTimeout(120_000)

let shop: Shop
let apiToken: string
let appToken: string

beforeAll(async () => {
  shop = await startShop()
  const env = readFileSync(join(shop.home, '.local/run/env'), 'utf8')
  apiToken = /^export DAPR_API_TOKEN='(.*)'$/m.exec(env)?.[1] ?? ''
  appToken = /^export APP_API_TOKEN='(.*)'$/m.exec(env)?.[1] ?? ''
  expect(apiToken.length).toBeGreaterThan(20)
  expect(appToken).not.toBe(apiToken)
})

afterAll(async () => {
  await shop[Symbol.asyncDispose]()
})

const ports = { gateway: 8100, catalog: 8101, cart: 8102, orders: 8103, inventory: 8104 }

function ask(service: keyof typeof ports, path: string, init: RequestInit = {}) {
  return fetch(`http://127.0.0.1:${ports[service] + shop.offset}/v1.0${path}`, {
    ...init,
    headers: { 'dapr-api-token': apiToken, 'content-type': 'application/json', ...init.headers },
  })
}

test('a call that service.yaml declares passes, any other one is refused by the sidecar of the callee', async () => {
  expect((await ask('gateway', '/invoke/catalog/method/products/11')).status).toBe(200)
  const body = JSON.stringify({ lines: [{ productId: 11, quantity: 1 }] })
  expect((await ask('orders', '/invoke/catalog/method/quotes', { method: 'POST', body })).status).toBe(200)

  const undeclared = await ask('gateway', '/invoke/catalog/method/quotes', { method: 'POST', body })
  expect(undeclared.status).toBe(403)
  expect(await undeclared.text()).toContain('spiffe://public/ns/default/gateway')
  expect((await ask('cart', '/invoke/orders/method/orders', { method: 'POST', body })).status).toBe(403)
  expect((await ask('cart', '/invoke/inventory/method/events/pubsub/order-placed')).status).toBe(403)
})

test('a sidecar answers nobody without its token, an app nobody but its sidecar', async () => {
  const stranger = { headers: { 'dapr-api-token': 'guess' } }
  expect((await ask('gateway', '/invoke/catalog/method/products', stranger)).status).toBe(401)
  const direct = `http://127.0.0.1:${8001 + shop.offset}/products`
  expect((await fetch(direct)).status).toBe(401)
  expect((await fetch(direct, { headers: { 'dapr-api-token': appToken } })).status).toBe(200)
})

test('a service reads its own secrets and no others', async () => {
  expect((await ask('orders', '/secrets/secrets/orders-database')).status).toBe(200)
  expect((await ask('orders', '/secrets/secrets/catalog-database')).status).toBe(403)
  expect((await ask('cart', '/secrets/secrets/broker-url')).status).toBe(403)
})

test('a service publishes and stores only where it may', async () => {
  const reserved = JSON.stringify({ orderId: '01a206c8-f303-77e6-8a09-162154ddda91' })
  const forged = await ask('orders', '/publish/pubsub/stock-reserved', { method: 'POST', body: reserved })
  expect(forged.status).toBe(403)
  expect((await ask('gateway', '/publish/pubsub/order-placed', { method: 'POST', body: '{}' })).ok).toBe(
    false,
  )
  expect((await ask('orders', '/state/carts/ALFKI')).ok).toBe(false)
})

test('what holds a secret can be read by this user alone, and no log holds one', async () => {
  const run = join(shop.home, '.local/run')
  for (const file of ['env', 'secrets.json']) expect(statSync(join(run, file)).mode & 0o077).toBe(0)

  const broker = new URL(JSON.parse(readFileSync(join(run, 'secrets.json'), 'utf8'))['broker-url'])
  const logs = join(shop.home, '.local/logs')
  for (const file of readdirSync(logs)) {
    const text = readFileSync(join(logs, file), 'utf8')
    for (const secret of [apiToken, appToken, broker.password]) {
      if (text.includes(secret)) throw new Error(`${file} holds a secret`)
    }
  }
})
