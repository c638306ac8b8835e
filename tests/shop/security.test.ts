import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ShippingService } from '../../services/shipping/contract/gen/shipping_pb.ts'
import { type Shop, startShop, until } from './shop.ts'

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

/** Of the services; their sidecars listen 100 above for HTTP, 200 above for gRPC. */
const ports = {
  gateway: 8000,
  catalog: 8001,
  cart: 8002,
  orders: 8003,
  inventory: 8004,
  payments: 8005,
  insights: 8007,
}

function ask(service: keyof typeof ports, path: string, init: RequestInit = {}) {
  return fetch(`http://127.0.0.1:${ports[service] + 100 + shop.offset}/v1.0${path}`, {
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
  expect((await ask('cart', '/invoke/inventory/method/events/pubsub/orders')).status).toBe(403)
})

test('only orders asks for money, and only the gateway reads payments and sales', async () => {
  const order = '01a206c8-f303-77e6-8a09-162154ddda91'
  const payment = `/invoke/payments/method/payments/${order}`
  expect((await ask('gateway', payment)).status).toBe(404)
  expect((await ask('orders', payment, { method: 'DELETE' })).status).toBe(200)
  expect((await ask('gateway', '/invoke/insights/method/totals')).status).toBe(200)

  const body = JSON.stringify({ orderId: order, customerId: 'ALFKI', amountCents: 1 })
  const asks = { method: 'POST', body }
  const card = { method: 'PUT', body: JSON.stringify({ token: 'tok_of_somebody' }) }
  for (const refused of [
    ask('gateway', '/invoke/payments/method/payments', asks),
    ask('gateway', payment, { method: 'DELETE' }),
    ask('orders', payment),
    ask('orders', '/invoke/payments/method/cards/ALFKI', card),
    ask('inventory', '/invoke/payments/method/payments', asks),
    ask('orders', '/invoke/insights/method/totals'),
  ]) {
    expect((await refused).status).toBe(403)
  }
})

/** What the sidecar of a service answers when that calls shipping, by method. */
function shippingAsSeenBy(service: keyof typeof ports) {
  const transport = createGrpcTransport({
    baseUrl: `http://127.0.0.1:${ports[service] + 200 + shop.offset}`,
    interceptors: [
      next => request => {
        request.header.set('dapr-app-id', 'shipping')
        request.header.set('dapr-api-token', apiToken)
        return next(request)
      },
    ],
  })
  const client = createClient(ShippingService, transport)
  const orderId = '01a206c8-f303-77e6-8a09-162154ddda92'
  const answer = (call: Promise<unknown>) =>
    call.then(
      () => 'Ok',
      error => Code[ConnectError.from(error).code],
    )
  return {
    quote: () => answer(client.quote({ units: 1, country: 'Germany' })),
    arrange: () => answer(client.arrange({ orderId, customerId: 'ALFKI', units: 1, priceCents: 1 })),
    get: () => answer(client.get({ orderId })),
    cancel: () => answer(client.cancel({ orderId })),
  }
}

test('of the methods of shipping each caller has its own, and the others are refused by the sidecar of shipping', async () => {
  const [orders, gateway, cart] = (['orders', 'gateway', 'cart'] as const).map(shippingAsSeenBy)
  expect(await orders?.quote()).toBe('Ok')
  expect(await orders?.arrange()).toBe('Ok')
  expect(await gateway?.get()).toBe('Ok')
  expect(await orders?.cancel()).toBe('Ok')

  expect(await orders?.get()).toBe('PermissionDenied')
  for (const method of ['quote', 'arrange', 'cancel'] as const) {
    expect(await gateway?.[method]()).toBe('PermissionDenied')
  }
  for (const method of ['quote', 'arrange', 'get', 'cancel'] as const) {
    expect(await cart?.[method]()).toBe('PermissionDenied')
  }
})

test('what is for the people who run it, no service may ask of another, nor anybody without its token', async () => {
  const operations = ['dead-letters', 'parked'].map(what => ({ path: `operations/${what}`, method: 'GET' }))
  operations.push(
    { path: 'operations/dead-letters/replay', method: 'POST' },
    { path: 'operations/parked/release', method: 'POST' },
    { path: 'operations/projections/orders/rebuild', method: 'POST' },
  )
  for (const service of ['orders', 'inventory', 'payments', 'insights'] as const) {
    for (const { path, method } of operations) {
      const body = method === 'POST' ? { body: '{}' } : {}
      for (const caller of ['gateway', service === 'orders' ? 'inventory' : 'orders'] as const) {
        const asked = await ask(caller, `/invoke/${service}/method/${path}`, { method, ...body })
        expect({ service, path, caller, status: asked.status }).toMatchObject({ status: 403 })
      }
      const direct = `http://127.0.0.1:${ports[service] + shop.offset}/${path}`
      const headers = { 'content-type': 'application/json' }
      const asked = await fetch(direct, { method, headers, ...body })
      expect({ service, path, status: asked.status }).toMatchObject({ status: 401 })
    }
    const own = { headers: { 'dapr-api-token': appToken } }
    const direct = `http://127.0.0.1:${ports[service] + shop.offset}/operations/dead-letters`
    expect((await fetch(direct, own)).status).toBe(200)
  }
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
  // what a component of its own takes from the store
  expect((await ask('orders', '/secrets/secrets/broker-url')).status).toBe(403)
  // its sidecar has no such store
  expect(await (await ask('cart', '/secrets/secrets/broker-url')).json()).toMatchObject({
    errorCode: 'ERR_SECRET_STORES_NOT_CONFIGURED',
  })
})

test('a service publishes and stores only where it may', async () => {
  const reserved = JSON.stringify({ orderId: '01a206c8-f303-77e6-8a09-162154ddda91' })
  const forged = await ask('orders', '/publish/pubsub/reservations', { method: 'POST', body: reserved })
  expect(forged.status).toBe(403)
  expect((await ask('gateway', '/publish/pubsub/orders', { method: 'POST', body: '{}' })).ok).toBe(false)
  expect((await ask('orders', '/state/carts/ALFKI')).ok).toBe(false)
})

test('what holds a secret can be read by this user alone, and no log holds one', async () => {
  const token = 'tok_of_a_new_card'
  const { id } = await pay(token)
  await until('it is paid for', async () => {
    const payment = (await (await fetch(`${shop.gateway}/payments/${id}`)).json()) as { status: string }
    return payment.status === 'captured'
  })

  const run = join(shop.home, '.local/run')
  const data = join(shop.home, '.local/data')
  const keys = join(data, 'card-vault-keys.json')
  for (const file of [join(run, 'env'), join(run, 'secrets.json'), keys]) {
    expect(statSync(file).mode & 0o777).toBe(0o600)
  }

  const secrets = JSON.parse(readFileSync(join(run, 'secrets.json'), 'utf8'))
  const kept = [
    apiToken,
    appToken,
    new URL(secrets['broker-url']).password,
    secrets['payment-provider-key'].replace('Bearer ', ''),
    JSON.parse(readFileSync(keys, 'utf8')).keys[0].k,
    token,
    // those that are seeded
    'tok_ALFKI',
  ]
  expect(kept.every(secret => secret.length >= 9)).toBe(true)
  const logs = readdirSync(join(shop.home, '.local/logs')).map(file => join(shop.home, '.local/logs', file))
  const stores = readdirSync(data)
    .filter(file => file.startsWith('payments.'))
    .map(file => join(data, file))
  expect(stores.length).toBeGreaterThan(0)
  for (const file of [...logs, ...stores]) {
    const text = readFileSync(file, 'latin1')
    const found = kept.findIndex(secret => text.includes(secret))
    expect({ file, found }).toEqual({ file, found: -1 })
  }
})

/** Places an order that is charged to a card. */
async function pay(token: string): Promise<{ id: string }> {
  const headers = { 'content-type': 'application/json' }
  const card = { method: 'PUT', headers, body: JSON.stringify({ token }) }
  expect((await fetch(`${shop.gateway}/cards/ANATR`, card)).ok).toBe(true)
  const order = { customerId: 'ANATR', lines: [{ productId: 11, quantity: 1 }] }
  const placed = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(order),
  })
  expect(placed.status).toBe(202)
  return (await placed.json()) as { id: string }
}
