import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test'
import { ConflictError } from '@shop/journal/conflict'
import type { Journal } from '@shop/journal/journal'
import { type Databases, dialects, startDatabases } from '@shop/local-postgres'
import { PaymentEvent } from '@shop/payments-contract'
import { Value } from '@sinclair/typebox/value'
import { asc } from 'drizzle-orm'
import { openPayments } from '../test/databases.ts'
import { orderIdOf } from '../test/doubles.ts'
import { type Charge, type Command, PaymentRefused } from './payment.ts'
import type { PaymentsTables } from './schema.ts'
import { createStore, type Store } from './store.ts'

setDefaultTimeout(60_000)

const orderId = orderIdOf(1)
const charge: Charge = { id: 'ch_1', status: 'authorised', capturedCents: 0, refundedCents: 0 }
const ask: Command = { type: 'authorise', customerId: 'ALFKI', amountCents: 500 }
const held: Command = { type: 'record', step: 'authorise', charge }
const taken: Command = { type: 'record', step: 'capture', charge: { ...charge, capturedCents: 500 } }
const returned: Command = {
  type: 'record',
  step: 'refund',
  charge: { ...charge, capturedCents: 500, refundedCents: 500 },
}
const released: Command = { type: 'record', step: 'void', charge: { ...charge, status: 'voided' } }
const [capture, callOff, refund]: [Command, Command, Command] = [
  { type: 'capture' },
  { type: 'void' },
  { type: 'refund' },
]
const grace = 1_000

for (const { name, dialect, skip } of dialects) {
  describe.skipIf(skip)(`on ${name}`, () => {
    let databases: Databases
    let journal: Journal<PaymentsTables>
    let store: Store
    let clock: number

    beforeAll(async () => {
      databases = await startDatabases(dialect)
    })
    afterAll(() => databases[Symbol.asyncDispose]())

    beforeEach(async () => {
      journal = await openPayments(await databases.create())
      clock = Date.UTC(2026, 0, 2)
      store = createStore({ journal, grace, now: () => new Date(clock) })
    })
    afterEach(() => journal.close())

    async function after(...commands: Command[]) {
      for (const command of commands) await store.change(orderId, command)
    }

    async function published() {
      const { outbox } = journal.tables
      return await journal.database.select().from(outbox).orderBy(asc(outbox.seq))
    }

    async function events() {
      return (await published()).map(({ data }) => data as PaymentEvent)
    }

    async function dueIds() {
      return (await store.unfinished(10)).map(due => due.orderId)
    }

    describe('a payment', () => {
      test.each<[string, Command[]]>([
        ['that is asked for', [ask]],
        ['that is held', [ask, held]],
        ['that is declined', [ask, { type: 'decline', reason: 'card-missing' }]],
        ['that is to be taken', [ask, held, capture]],
        ['that is given back', [ask, held, capture, taken, refund, returned]],
        ['that was never asked for and is called off', [callOff]],
      ])('%s is found as it was left', async (_, commands) => {
        await after(...commands.slice(0, -1))
        const payment = await store.change(orderId, commands.at(-1) as Command)
        expect(payment).toBeDefined()
        expect(await store.find(orderId)).toEqual(payment as never)
      })

      test('that there is not is not found, and nothing can become of it', async () => {
        expect(await store.find(orderId)).toBeUndefined()
        expect(await store.change(orderId, capture)).toBeUndefined()
        expect(await store.decide(orderId, refund)).toBeUndefined()
        expect(await published()).toEqual([])
      })

      test('is told of in its topic, under its order, without a gap', async () => {
        await after(ask, held, capture, taken, refund, returned)
        expect((await published()).map(({ pubsub, topic, key }) => [pubsub, topic, key])).toEqual(
          Array(3).fill(['pubsub', 'payments', orderId]),
        )
        const told = await events()
        expect(told.map(({ type, previous, version }) => [type, previous, version])).toEqual([
          ['payment-authorised', 0, 1],
          ['payment-captured', 1, 2],
          ['payment-refunded', 2, 3],
        ])
        for (const event of told) expect(Value.Check(PaymentEvent, event)).toBe(true)
      })

      test('is refused what its state forbids, and nothing is written', async () => {
        await after(ask, held, capture)
        const before = await store.find(orderId)
        await expect(store.change(orderId, callOff)).rejects.toBeInstanceOf(PaymentRefused)
        await expect(store.decide(orderId, callOff)).rejects.toBeInstanceOf(PaymentRefused)
        expect(await store.find(orderId)).toEqual(before as never)
      })
    })

    describe('commands that come at once', () => {
      const times = (command: Command) =>
        Promise.all(Array.from({ length: 8 }, () => store.change(orderId, command)))

      test('of one kind have their effect once, and all see it', async () => {
        for (const command of [ask, held, capture, taken, refund, returned]) {
          const seen = await times(command)
          expect(new Set(seen.map(payment => JSON.stringify(payment))).size).toBe(1)
        }
        expect((await events()).map(({ version }) => version)).toEqual([1, 2, 3])
      })

      test('ask and call off: whichever is first, nothing stays wanted', async () => {
        await Promise.all([ask, callOff, ask, callOff].map(command => store.change(orderId, command)))
        expect(await store.find(orderId)).toMatchObject({ wanted: 'voided' })
      })

      test('of all kinds are decided one after the other', async () => {
        await after(ask)
        const mixed = [held, capture, taken, refund, returned, released, callOff]
        await Promise.all(
          [...mixed, ...mixed, ...mixed].map(command => store.change(orderId, command).catch(rethrowFault)),
        )
        const told = await events()
        expect(told.map(({ version }) => version)).toEqual(told.map((_, index) => index + 1))
        expect(told.map(({ previous }) => previous)).toEqual(told.map((_, index) => index))
        expect(new Set(told.map(({ type }) => type)).size).toBe(told.length)
        expect((await store.find(orderId))?.version).toBe(told.length)
      })

      test('of a decision that somebody else outruns nothing is written, also where no event tells of it', async () => {
        await after(ask, held)
        const change = await store.decide(orderId, capture)
        await after(callOff)
        await expect(journal.commit(change ?? {})).rejects.toBeInstanceOf(ConflictError)
        expect(await store.find(orderId)).toMatchObject({ wanted: 'voided' })
      })
    })

    describe('what is to be settled', () => {
      test('is due once whoever has changed it had the time to, the longest due first', async () => {
        await store.change(orderIdOf(2), ask)
        clock += 1
        await store.change(orderIdOf(1), ask)
        clock += grace - 1
        expect(await dueIds()).toEqual([orderIdOf(2)])
        clock += 1
        expect(await dueIds()).toEqual([orderIdOf(2), orderIdOf(1)])
        expect(await store.unfinished(1)).toHaveLength(1)
      })

      test('is due at once when an event has changed it, which nobody waits for', async () => {
        await after(ask, held)
        await journal.commit((await store.decide(orderId, capture)) ?? {})
        expect(await dueIds()).toEqual([orderId])
      })

      test('is due no more when it is settled', async () => {
        for (const commands of [
          [ask, held],
          [capture, taken],
          [refund, returned],
        ]) {
          await after(...commands)
          clock += grace
          expect(await dueIds()).toEqual([])
        }
      })

      test('is claimed by one of many, until later', async () => {
        await after(ask)
        clock += grace
        const [due] = await store.unfinished(1)
        if (!due) throw new Error('nothing is due')
        const claims = await Promise.all(
          Array.from({ length: 8 }, () => store.claim(due, new Date(clock + 5_000))),
        )
        expect(claims.filter(Boolean)).toHaveLength(1)
        clock += 4_999
        expect(await dueIds()).toEqual([])
        clock += 1
        expect(await store.unfinished(1)).toEqual([{ orderId, attempts: 1 }])
      })

      test('is not claimed when it was settled meanwhile, and a claim is in the way of no command', async () => {
        await after(ask)
        clock += grace
        const [due] = await store.unfinished(1)
        if (!due) throw new Error('nothing is due')
        const change = await store.decide(orderId, callOff)
        expect(await store.claim(due, new Date(clock + 5_000))).toBe(true)
        await journal.commit(change ?? {})
        await after(held, released)
        expect(await store.claim(due, new Date(clock + 5_000))).toBe(false)
      })
    })

    describe('cards', () => {
      test('are kept and replaced; those that are added replace none', async () => {
        expect(await store.sealedCardOf('ALFKI')).toBeUndefined()
        await store.keepSealedCard('ALFKI', 'first')
        await store.keepSealedCard('ALFKI', 'second')
        await store.addSealedCards([
          { customerId: 'ALFKI', sealed: 'third' },
          { customerId: 'BONAP', sealed: 'fourth' },
        ])
        await store.addSealedCards([])
        expect(await store.sealedCardOf('ALFKI')).toBe('second')
        expect(await store.sealedCardOf('BONAP')).toBe('fourth')
        expect((await store.customersWithCard()).sort()).toEqual(['ALFKI', 'BONAP'])
      })
    })
  })
}

function rethrowFault(error: unknown): void {
  if (!(error instanceof PaymentRefused)) throw error
}
