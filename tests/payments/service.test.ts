import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { type Client, client, dapr, publish, subscribe } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { type OrderEvent, orders } from '../../services/orders/contract/index.ts'
import * as contract from '../../services/payments/contract/index.ts'
import { orderEvents } from '../../services/payments/test/order-events.ts'
import { daprd, eventually, startBroker, temporaryFolder } from '../conformance/environment.ts'
import { type ProviderProcess, startProvider } from './provider-process.ts'
import { type ServiceProcess, startService } from './service-process.ts'

setDefaultTimeout(60_000)

const authorization = `Bearer ${crypto.randomUUID()}`
const cleanup = new AsyncDisposableStack()
/** The idempotency keys of what has reached the provider. */
const asked: (string | null)[] = []
const told: contract.PaymentEvent[] = []
let provider: ProviderProcess
let service: ServiceProcess
/** Another service, which publishes for orders and hears what payments publishes. */
let other: Daprd
let payments: Client<typeof contract>

beforeAll(async () => {
  const home = cleanup.use(await temporaryFolder()).path
  const broker = cleanup.use(await startBroker())
  const pubsub = broker.component('pubsub')
  provider = cleanup.use(await startProvider(authorization))
  const recorder = cleanup.use(
    Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      async fetch(request) {
        const { pathname, search } = new URL(request.url)
        const { method, headers } = request
        const body = method === 'POST' ? await request.text() : null
        asked.push(headers.get('idempotency-key'))
        return await fetch(`${provider.url}${pathname}${search}`, { method, headers, body })
      },
    }),
  )
  const url = recorder.url.origin
  const observer = new Elysia()
    .use(dapr({ appToken: '' }))
    .use(subscribe(contract.payments, ({ data }) => void told.push(data)))
  other = cleanup.use(
    await daprd({ ...{ app: observer, appId: 'orders', appToken: '', home }, resources: [pubsub] }),
  )
  service = cleanup.use(await startService({ provider: { url, authorization }, pubsub, home }))
  await service.subscribed()
  payments = client(other, 'payments', contract)
})

afterAll(() => cleanup.disposeAsync())

afterEach(() => provider.call('DELETE', '/v1/faults'))

interface Charge {
  status: string
  capturedCents: number
  refundedCents: number
}

function newOrder() {
  const orderId = crypto.randomUUID()
  return {
    orderId,
    ...orderEvents(orderId),
    authorise: async (customerId = 'ALFKI') =>
      (await payments.authorisePayment({ body: { orderId, customerId, amountCents: 500 } })).data,
    read: async () => (await payments.getPayment({ params: { orderId } })).data,
    charges: async () => (await provider.call('GET', `/v1/charges?reference=${orderId}`)) as Charge[],
  }
}

type Order = ReturnType<typeof newOrder>

/** What is kept: read beside the service, which may have ended. */
function rowOf({ orderId }: Order): unknown {
  using database = new Database(join(service.folder, 'payments.db'))
  return database.query('select status, wanted from payments where order_id = ?').get(orderId)
}

/** Resolves when the sidecar has seen that the service is there again. */
async function restart(): Promise<void> {
  await service.restart()
  const call = { params: { orderId: crypto.randomUUID() } }
  await eventually(
    () =>
      payments.getPayment(call).then(
        () => undefined,
        ({ status }) => status === 404 || undefined,
      ),
    { what: 'an answer of the service' },
  )
}

async function happen(...events: OrderEvent[]): Promise<void> {
  for (const event of events) await publish(other, orders, event)
}

async function becomes({ read }: Order, status: contract.Payment['status']): Promise<void> {
  await eventually(async () => (await read()).status === status || undefined, { what: status })
}

/** What others have heard, once it is the given number of events. */
async function heard({ orderId }: Order, count: number) {
  return await eventually(
    () => {
      const of = told.filter(event => event.orderId === orderId)
      return of.length >= count
        ? of.map(({ type, previous, version }) => [type, previous, version])
        : undefined
    },
    { what: `${count} events` },
  )
}

test('a payment is held, taken when the order is confirmed, given back when it is cancelled', async () => {
  const order = newOrder()
  expect(await order.authorise()).toMatchObject({ status: 'authorised', amountCents: 500 })
  expect(await order.authorise()).toMatchObject({ status: 'authorised', version: 1 })
  await happen(order.placed, order.confirmed)
  await becomes(order, 'captured')
  expect(await order.charges()).toMatchObject([{ capturedCents: 500, refundedCents: 0 }])
  await happen(order.cancelled)
  await becomes(order, 'refunded')
  expect(await order.charges()).toMatchObject([{ capturedCents: 500, refundedCents: 500 }])
  expect(await heard(order, 3)).toEqual([
    ['payment-authorised', 0, 1],
    ['payment-captured', 1, 2],
    ['payment-refunded', 2, 3],
  ])
})

test('one is let go of by a call, another one when the order is rejected', async () => {
  const [called, rejected] = [newOrder(), newOrder()]
  for (const order of [called, rejected]) await order.authorise()
  const { data } = await payments.voidPayment({ params: { orderId: called.orderId } })
  expect(data).toMatchObject({ status: 'voided' })
  await happen(rejected.placed, rejected.rejected)
  await becomes(rejected, 'voided')
  for (const order of [called, rejected]) {
    expect(await order.charges()).toMatchObject([{ status: 'voided', capturedCents: 0 }])
    expect(await heard(order, 2)).toEqual([
      ['payment-authorised', 0, 1],
      ['payment-voided', 1, 2],
    ])
  }
})

test('a card that says no, and a customer without one, are answers', async () => {
  await payments.putCard({ params: { customerId: 'POOR' }, body: { token: 'tok_declined_POOR' } })
  const order = newOrder()
  expect(await order.authorise('POOR')).toMatchObject({ status: 'declined', reason: 'card-declined' })
  expect(await heard(order, 1)).toEqual([['payment-declined', 0, 1]])
  expect(await newOrder().authorise('NOBODY')).toMatchObject({ status: 'declined', reason: 'card-missing' })
})

test('events that overtake one another have their effects in order', async () => {
  const order = newOrder()
  await order.authorise()
  await happen(order.cancelled, order.confirmed)
  await happen(order.placed)
  await becomes(order, 'refunded')
})

describe('killed between asking the provider and recording its answer', () => {
  /** Does something that makes the service ask, and kills it before the answer. */
  async function killedWhile(order: Order, step: string, act: () => unknown): Promise<void> {
    await provider.call('PUT', '/v1/faults', { delayMs: 1_000 })
    const acting = act()
    const key = `${order.orderId}:${step}`
    await eventually(() => asked.includes(key) || undefined, { what: key })
    await service.kill('SIGKILL')
    await acting
  }

  test('it settles after the start, and holds the amount once', async () => {
    const order = newOrder()
    await killedWhile(order, 'authorise', () => order.authorise().catch(() => undefined))
    await eventually(async () => (await order.charges()).length > 0 || undefined, { what: 'a charge' })
    expect(rowOf(order)).toEqual({ status: 'pending', wanted: 'authorised' })
    await provider.call('DELETE', '/v1/faults')
    await restart()
    await becomes(order, 'authorised')
    expect(await order.charges()).toHaveLength(1)
    expect(await heard(order, 1)).toEqual([['payment-authorised', 0, 1]])
  })

  test('it settles after the start, and takes the amount once', async () => {
    const order = newOrder()
    await order.authorise()
    await killedWhile(order, 'capture', () => happen(order.placed, order.confirmed))
    await eventually(async () => (await order.charges())[0]?.capturedCents === 500 || undefined)
    expect(rowOf(order)).toEqual({ status: 'authorised', wanted: 'captured' })
    await provider.call('DELETE', '/v1/faults')
    await restart()
    await becomes(order, 'captured')
    expect(await order.charges()).toMatchObject([{ capturedCents: 500 }])
    expect(await heard(order, 2)).toEqual([
      ['payment-authorised', 0, 1],
      ['payment-captured', 1, 2],
    ])
  })
})

test('no card can be read in the database, or in a log', async () => {
  const token = 'tok_SECRETCARD'
  await payments.putCard({ params: { customerId: 'SECRET' }, body: { token } })
  await provider.call('PUT', '/v1/faults', { failNext: 1 })
  const order = newOrder()
  await order.authorise('SECRET').catch(() => undefined)
  expect(await order.authorise('SECRET')).toMatchObject({ status: 'authorised' })
  const names = await readdir(service.folder)
  const files = await Promise.all(names.map(name => Bun.file(join(service.folder, name)).bytes()))
  const stored = Buffer.concat(files)
  expect(stored.includes('SECRET')).toBe(true)
  for (const text of ['tok_', btoa(token).slice(0, 8), Buffer.from(token).toString('hex')]) {
    expect(stored.includes(text)).toBe(false)
  }
  expect(service.log()).toContain('request failed')
  expect(service.log()).not.toContain('tok_')
  expect(service.sidecar.log()).not.toContain('tok_')
})

test('asked to end, it ends in order', async () => {
  await service.kill('SIGTERM')
  expect(service.log()).toMatch(/"msg":"stopped"\}\n$/)
  await restart()
})
