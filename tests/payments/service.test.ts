import { Database } from 'bun:sqlite'
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
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
  const observer = new Elysia()
    .use(dapr({ appToken: '' }))
    .use(subscribe(contract.payments, ({ data }) => void told.push(data)))
  other = cleanup.use(
    await daprd({ ...{ app: observer, appId: 'orders', appToken: '', home }, resources: [pubsub] }),
  )
  service = cleanup.use(await startService({ provider: { url: provider.url, authorization }, pubsub, home }))
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

/** Not told by the API: read beside the service. */
function wantedOf({ orderId }: Order): string | undefined {
  using database = new Database(join(service.folder, 'payments.db'), { readonly: true })
  const row = database.query('select wanted from payments where order_id = ?').get(orderId)
  return (row as { wanted: string } | null)?.wanted
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

test('killed between asking and recording, it settles after the start, and is charged once', async () => {
  const order = newOrder()
  await provider.call('PUT', '/v1/faults', { delayMs: 1_000 })
  const asking = order.authorise().catch(error => error)
  await eventually(async () => (await order.read().catch(() => undefined))?.status)
  await provider.call('DELETE', '/v1/faults')
  await service.kill('SIGKILL')
  await asking
  // the provider has done it, and nobody has heard of that
  await eventually(async () => ((await order.charges()).length === 1 ? true : undefined))
  await restart()
  await becomes(order, 'authorised')
  expect(await order.charges()).toHaveLength(1)
  expect(await heard(order, 1)).toEqual([['payment-authorised', 0, 1]])
})

test('killed before a confirmed order is taken, it takes it after the start, once', async () => {
  const order = newOrder()
  await order.authorise()
  await provider.call('PUT', '/v1/faults', { delayMs: 1_000 })
  await happen(order.placed, order.confirmed)
  await eventually(() => wantedOf(order) === 'captured' || undefined)
  await service.kill('SIGKILL')
  await provider.call('DELETE', '/v1/faults')
  await restart()
  await becomes(order, 'captured')
  expect(await order.charges()).toMatchObject([{ capturedCents: 500 }])
  expect(await heard(order, 2)).toEqual([
    ['payment-authorised', 0, 1],
    ['payment-captured', 1, 2],
  ])
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
