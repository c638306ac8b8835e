import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { createInbox, type Inbox } from '@shop/journal/inbox'
import type { Journal } from '@shop/journal/journal'
import { watchParked } from '@shop/journal/parked'
import { type Databases, startDatabases } from '@shop/local-postgres'
import { orders } from '@shop/orders-contract'
import { Type } from '@sinclair/typebox'
import { topic } from 'elysia-dapr'
import { type FakeDaprd, fakeDaprd } from 'elysia-dapr/testing'
import { openPayments } from '../test/databases.ts'
import { fakeProvider, orderIdOf, vault } from '../test/doubles.ts'
import { orderEvents } from '../test/order-events.ts'
import { createApp } from './app.ts'
import { createPayments, type Payments } from './payments.ts'
import type { PaymentsTables } from './schema.ts'
import { createStore } from './store.ts'

const orderId = orderIdOf(1)
const { placed, confirmed, rejected, cancelled } = orderEvents(orderId)
const appId = 'payments'

let databases: Databases
let journal: Journal<PaymentsTables>
let bank: ReturnType<typeof fakeProvider>
let payments: Payments
let inbox: Inbox
let app: ReturnType<typeof createApp>
let dapr: FakeDaprd

beforeAll(async () => {
  databases = await startDatabases('sqlite')
})
afterAll(() => databases[Symbol.asyncDispose]())

beforeEach(async () => {
  journal = await openPayments(await databases.create())
  const log = createLogger(appId, 'silent')
  const store = createStore({ journal })
  inbox = createInbox({ journal, pubsub: 'pubsub', appId, log })
  bank = fakeProvider()
  payments = createPayments({ store, provider: bank.provider, vault })
  app = createApp({ log, appId, journal, inbox, store, payments })
  dapr = fakeDaprd(app, { appId })
  await payments.keepCard('ALFKI', 'tok_ALFKI')
})
afterEach(() => journal.close())

async function authorise() {
  await payments.authorise({ orderId, customerId: 'ALFKI', amountCents: 500 })
}

async function lettersOf(): Promise<unknown> {
  return await (await app.handle(new Request('http://localhost/operations/dead-letters'))).json()
}

test('an order that is placed asks nothing of a payment', async () => {
  await authorise()
  expect(await dapr.deliver(orders, placed)).toBe('SUCCESS')
  expect(await payments.find(orderId)).toMatchObject({ status: 'authorised', wanted: 'authorised' })
})

test('confirmed, it is to be taken; the provider is not asked within the delivery', async () => {
  await authorise()
  bank.asked.length = 0
  for (const event of [placed, confirmed]) expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  expect(await payments.find(orderId)).toMatchObject({ status: 'authorised', wanted: 'captured' })
  expect(bank.asked).toEqual([])
  expect(await payments.settle(orderId)).toMatchObject({ status: 'captured', capturedCents: 500 })
})

test('rejected, nothing is to be held, now or later', async () => {
  for (const event of [placed, rejected]) expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  await authorise()
  expect(await payments.find(orderId)).toMatchObject({ status: 'voided' })
  expect(bank.asked).toEqual([])
})

test('cancelled, it is to be given back', async () => {
  await authorise()
  for (const event of [placed, confirmed, cancelled]) {
    expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  }
  expect(await payments.settle(orderId)).toMatchObject({ status: 'refunded', refundedCents: 500 })
})

test('events that overtake one another have their effects in order, those that come twice once', async () => {
  await authorise()
  for (const event of [cancelled, confirmed, cancelled]) {
    expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  }
  expect(await payments.find(orderId)).toMatchObject({ wanted: 'authorised' })
  for (const event of [placed, confirmed, placed]) expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  expect(await payments.find(orderId)).toMatchObject({ wanted: 'refunded' })
})

test('of an order that has no payment there is nothing to take or give back', async () => {
  for (const event of [placed, confirmed, cancelled]) {
    expect(await dapr.deliver(orders, event)).toBe('SUCCESS')
  }
  expect(await payments.find(orderId)).toBeUndefined()
})

test('an event that contradicts what is decided is given up', async () => {
  await authorise()
  for (const event of [placed, confirmed]) await dapr.deliver(orders, event)
  expect(await dapr.deliver(orders, { ...rejected, version: 3, previous: 2 })).toBe('DROP')
  expect(await payments.find(orderId)).toMatchObject({ wanted: 'captured' })
})

test('one that was handled already is not decided again, whatever has become of the payment', async () => {
  await authorise()
  for (const event of [placed, confirmed]) await dapr.deliver(orders, event)
  expect(await dapr.deliver(orders, rejected)).toBe('SUCCESS')
  expect(await payments.find(orderId)).toMatchObject({ wanted: 'captured' })
})

test('a parked event that is given up keeps no gap of another order from being reported', async () => {
  await authorise()
  await dapr.deliver(orders, { ...rejected, version: 4, previous: 3 })
  for (const event of [placed, confirmed]) await dapr.deliver(orders, event)
  // handles it, and tries the parked one in vain
  await dapr.deliver(orders, { ...placed, version: 3, previous: 2 })
  const other = orderEvents(orderIdOf(2))
  await dapr.deliver(orders, other.confirmed)
  const reported = Promise.withResolvers<unknown>()
  const stop = watchParked({
    ...{ journal, inbox, reportAfter: -1_000 },
    log: {
      error: fields => {
        if ((fields as { key: string }).key === other.confirmed.orderId) reported.resolve(fields)
      },
      warn: () => undefined,
    },
  })
  expect(await reported.promise).toMatchObject({ version: 2, previous: 1 })
  await stop()
})

test('what was given up is kept', async () => {
  const letters = topic('pubsub', 'payments.dead-letters', Type.Unknown())
  expect(await lettersOf()).toEqual([])
  expect(await dapr.deliver(letters, { type: 'order-unheard-of' })).toBe('SUCCESS')
  expect(await lettersOf()).toMatchObject([{ event: { data: { type: 'order-unheard-of' } } }])
})
