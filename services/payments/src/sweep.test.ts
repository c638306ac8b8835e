import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import type { Journal } from '@shop/journal/journal'
import { type Databases, startDatabases } from '@shop/local-postgres'
import { openPayments } from '../test/databases.ts'
import { fakeProvider, orderIdOf, vault } from '../test/doubles.ts'
import type { Command } from './payment.ts'
import { createPayments } from './payments.ts'
import type { PaymentsTables } from './schema.ts'
import { createStore } from './store.ts'
import { type Sweep, type SweepOptions, startSweep } from './sweep.ts'

const orderId = orderIdOf(1)
const request = { orderId, customerId: 'ALFKI', amountCents: 500 }
const ask: Command = { type: 'authorise', customerId: 'ALFKI', amountCents: 500 }
const log = createLogger('payments', 'silent')

let databases: Databases
let url: string
let journal: Journal<PaymentsTables>
let sweep: Sweep | undefined
let clock: number
const now = () => new Date(clock)

beforeAll(async () => {
  databases = await startDatabases('sqlite')
})
afterAll(() => databases[Symbol.asyncDispose]())

beforeEach(async () => {
  clock = Date.now()
  url = await databases.create()
  journal = await openPayments(url)
})
afterEach(async () => {
  await sweep?.stop(0)
  sweep = undefined
  await journal.close()
})

function storeOf(grace = 0) {
  return createStore({ journal, grace, now })
}

/** What an event commits. */
async function want(orderId: string, command: Command, version: number) {
  const cause = { source: 'orders', topic: 'orders', key: orderId, previous: version - 1, event: {} }
  const change = await storeOf().decide(orderId, command)
  await journal.commit({ ...change, inbox: { ...cause, id: `${orderId} ${version}`, version } })
}

function start(options: Partial<SweepOptions> & Pick<SweepOptions, 'payments'>): Sweep {
  sweep = startSweep({ journal, store: storeOf(), log, every: 5, now, ...options })
  return sweep
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(1)
}

test('what an event has changed is settled right after its commit', async () => {
  const store = storeOf(60_000)
  const payments = createPayments({ store, provider: fakeProvider().provider, vault })
  await payments.keepCard('ALFKI', 'tok_ALFKI')
  await payments.authorise(request)
  start({ payments, store, every: 60_000 })
  await want(orderId, { type: 'capture' }, 1)
  await until(async () => (await payments.find(orderId))?.status === 'captured')
  await want(orderId, { type: 'refund' }, 2)
  await until(async () => (await payments.find(orderId))?.status === 'refunded')
})

test('what a crash has left between question and answer is settled after the start, and asked for once', async () => {
  const bank = fakeProvider()
  const before = storeOf()
  const dying = createPayments({
    store: {
      ...before,
      async change(orderId, command) {
        if (command.type === 'record') throw new Error('the process dies')
        return await before.change(orderId, command)
      },
    },
    provider: bank.provider,
    vault,
  })
  await dying.keepCard('ALFKI', 'tok_ALFKI')
  await expect(dying.authorise(request)).rejects.toThrow('the process dies')
  expect(bank.asked).toHaveLength(1)
  await journal.close()

  journal = await openPayments(url)
  const payments = createPayments({ store: storeOf(), provider: bank.provider, vault })
  start({ payments, store: storeOf() })
  await until(async () => (await payments.find(orderId))?.status === 'authorised')
  expect(bank.asked).toEqual([`${orderId}:authorise`, `${orderId}:authorise`])
  const events = await journal.database.select().from(journal.tables.outbox)
  expect(events.map(({ data }) => data)).toMatchObject([{ type: 'payment-authorised', version: 1 }])
})

test('a few at a time, of which one that stands still or fails holds up no other', async () => {
  const store = storeOf()
  const ids = Array.from({ length: 20 }, (_, index) => orderIdOf(index + 1))
  const [still = '', failing = ''] = ids
  for (const id of ids) await store.change(id, ask)
  const gate = Promise.withResolvers<void>()
  const settled: string[] = []
  let underWay = 0
  let most = 0
  start({
    store,
    atOnce: 3,
    payments: {
      async settle(id) {
        underWay += 1
        most = Math.max(most, underWay)
        try {
          if (id === still) await gate.promise
          await Bun.sleep(0)
          if (id === failing) throw new Error('broken')
          return await store.change(id, { type: 'decline', reason: 'none' })
        } finally {
          underWay -= 1
          settled.push(id)
        }
      },
    },
  })
  await until(() => settled.length === ids.length - 1)
  expect(settled).not.toContain(still)
  expect(most).toBe(3)
  gate.resolve()
  await until(() => settled.length === ids.length)
})

test('one that fails is tried again after longer and longer pauses, and is an error in the end', async () => {
  const told: { level: string; attempt: number; pause: number }[] = []
  const teller = (level: string) => (fields: { attempt: number; pause: number }) =>
    void told.push({ level, attempt: fields.attempt, pause: fields.pause })
  const store = storeOf()
  await store.change(orderId, ask)
  let looks = 0
  start({
    store: {
      ...store,
      unfinished(limit) {
        looks += 1
        return store.unfinished(limit)
      },
    },
    payments: { settle: () => Promise.reject(new Error('broken')) },
    log: { warn: teller('warn'), error: teller('error') } as never,
    firstPause: 5_000,
    maxPause: 60_000,
  })
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await until(() => told.length === attempt)
    clock += (told.at(-1)?.pause ?? 0) - 1
    const before = looks
    await until(() => looks > before + 1)
    expect(told).toHaveLength(attempt)
    clock += 1
  }
  expect(told).toEqual([
    { level: 'warn', attempt: 1, pause: 5_000 },
    { level: 'warn', attempt: 2, pause: 10_000 },
    { level: 'warn', attempt: 3, pause: 20_000 },
    { level: 'warn', attempt: 4, pause: 40_000 },
    { level: 'error', attempt: 5, pause: 60_000 },
    { level: 'error', attempt: 6, pause: 60_000 },
  ])
})

test('the end waits for what is under way, but not for ever, and begins nothing', async () => {
  const store = storeOf()
  await store.change(orderId, ask)
  const gate = Promise.withResolvers<void>()
  const begun: string[] = []
  const stopping = start({
    store,
    payments: {
      async settle(id) {
        begun.push(id)
        await gate.promise
        return undefined
      },
    },
  })
  await until(() => begun.length === 1)
  await stopping.stop(5)
  const ended = stopping.stop(60_000)
  await store.change(orderIdOf(2), ask)
  await want(orderIdOf(2), { type: 'capture' }, 1)
  gate.resolve()
  await ended
  expect(begun).toEqual([orderId])
})
