import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { dialects, type Postgres, startPostgres } from '@shop/local-postgres'
import { sql } from 'drizzle-orm'
import { type FakeBroker, fakeBroker } from '../test/fake-broker.ts'
import type { TestTables } from '../test/tables.ts'
import { open } from '../test/temporary-journal.ts'
import { until } from '../test/until.ts'
import { ConflictError } from './conflict.ts'
import { readStream } from './event-store.ts'
import type { Journal } from './journal.ts'
import { locks } from './locks.ts'
import { type RelayOptions, startRelay } from './relay.ts'

setDefaultTimeout(60_000)

// Several processes on one PostgreSQL: each is a journal with connections of its own.
describe.each(dialects.filter(({ dialect }) => dialect === 'postgres'))('$name', ({ skip }) => {
  const testHere = test.skipIf(skip)
  let server: Postgres
  let broker: FakeBroker
  let journals: Journal<TestTables>[]
  let stops: (() => Promise<void>)[]

  beforeEach(async () => {
    if (skip) return
    server = await startPostgres({ durable: true, settings: { deadlock_timeout: '20ms' } })
    const url = await server.createDatabase()
    journals = await Promise.all([open(url), open(url), open(url)])
    broker = fakeBroker()
    stops = []
  })
  afterEach(async () => {
    if (skip) return
    await Promise.all(stops.map(stop => stop()))
    broker[Symbol.dispose]()
    await Promise.all(journals.map(journal => journal.close()))
    await server[Symbol.asyncDispose]()
  })

  function replica(index: number): Journal<TestTables> {
    const journal = journals[index]
    if (!journal) throw new Error(`there is no replica ${index}`)
    return journal
  }

  function relay(index: number, options: Partial<RelayOptions> = {}): unknown[] {
    const errors: unknown[] = []
    const onError = (error: unknown) => void errors.push(error)
    const journal = replica(index)
    const defaults = { journal, sidecar: broker.sidecar, source: 's', onError, againAfter: 0 }
    const { stop } = startRelay({ ...defaults, ...options })
    stops.push(() => stop(100))
    return errors
  }

  async function note(index: number, key: string, ...numbers: number[]): Promise<void> {
    const outbox = numbers.map(n => ({ topic: { pubsub: 'pubsub', name: 'noted' }, key, data: { key, n } }))
    await replica(index).commit({ outbox })
  }

  const left = async () => (await replica(0).database.select().from(replica(0).tables.outbox)).length
  const numbersOf = (key: string) =>
    broker.taken.filter(({ data }) => data.key === key).map(({ data }) => data.n)

  testHere('of several relays one publishes at a time, and none publishes again', async () => {
    let calls = 0
    let most = 0
    broker.answer = async () => {
      calls += 1
      most = Math.max(most, calls)
      await new Promise(resolve => setImmediate(resolve))
      calls -= 1
      return 204
    }
    const errors = [relay(0), relay(1)]
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        note(n % 3, `k${n % 8}-${n % 3}`, ...Array.from({ length: 30 }, (_, m) => m)),
      ),
    )
    await until(async () => (await left()) === 0)
    expect(broker.calls.flat()).toHaveLength(1_200)
    expect(new Set(broker.taken.map(({ id }) => id)).size).toBe(1_200)
    expect(most).toBe(1)
    expect(errors).toEqual([[], []])
  })

  testHere(
    'one whose connection is cut hands over; what it had not finished is published again',
    async () => {
      const hanging = Promise.withResolvers<number>()
      broker.answer = () => (broker.calls.length === 1 ? hanging.promise : 204)
      const errors = relay(0)
      await note(0, 'a', 1, 2, 3)
      await until(() => broker.calls.length === 1)
      const others = relay(1)
      const relayLock = sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = ${locks.relay}`
      await replica(2).alone('append', async database => {
        await (database as unknown as { execute(query: unknown): Promise<unknown> }).execute(relayLock)
      })
      await until(async () => (await left()) === 0)
      expect(numbersOf('a')).toEqual([1, 2, 3])
      hanging.resolve(204)
      await until(() => errors.length === 1)
      await note(1, 'a', 4)
      await until(async () => (await left()) === 0)
      expect(numbersOf('a').slice(-1)).toEqual([4])
      expect(new Set(broker.taken.map(({ id }) => id)).size).toBe(4)
      expect(others).toEqual([])
    },
  )

  testHere('one that waits for its turn ends as soon as it is asked to', async () => {
    const hanging = Promise.withResolvers<number>()
    broker.answer = () => hanging.promise
    relay(0)
    await note(0, 'a', 1)
    await until(() => broker.calls.length === 1)
    const errors = relay(1)
    await note(1, 'b', 1)
    const isWaiting = sql`exists (select from pg_locks where locktype = 'advisory' and not granted and objid = ${locks.relay})`
    await until(async () => {
      const [row] = await replica(2).database.select({ found: isWaiting }).from(sql`(select 1) as one`)
      return row?.found === true
    })
    const begun = performance.now()
    await stops[1]?.()
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(broker.calls).toHaveLength(1)
    hanging.resolve(204)
    await until(async () => (await left()) === 0)
    expect(errors).toEqual([])
  })

  testHere('two who append at once, and take what the other holds, never stand still', async () => {
    const { notes } = replica(0).tables
    const ids = ['a', 'b']
    await replica(0).commit({ rows: write => ids.map(id => write.insert(notes).values({ id, amount: 0 })) })
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) =>
        replica(n % 3).commit({
          rows: write =>
            (n % 2 ? ids : ids.toReversed()).map(id =>
              write
                .update(notes)
                .set({ amount: sql`${notes.amount} + 1` })
                .where(sql`${notes.id} = ${id}`),
            ),
        }),
      ),
    )
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ConflictError)
    }
    const done = results.filter(({ status }) => status === 'fulfilled').length
    expect(await replica(0).database.select({ amount: notes.amount }).from(notes)).toEqual([
      { amount: done },
      { amount: done },
    ])
  })

  testHere(
    'the server dies in mid-work, and comes back: what was committed is there, and everything goes on',
    async () => {
      const errors = [relay(0, { maxPause: 50 }), relay(1, { maxPause: 50 })]
      const committed: number[] = []
      const failures: unknown[] = []
      const at = new Date(0).toISOString()
      let isOver = false
      const writers = [0, 1, 2].map(async index => {
        for (let version = 0; !isOver; ) {
          const n = index * 100_000 + version
          const event = { type: 'noted', schema: 1, data: n, at }
          const outbox = [
            { topic: { pubsub: 'pubsub', name: 'noted' }, key: `${index}`, data: { key: `${index}`, n } },
          ]
          try {
            await replica(index).commit({
              stream: `${index}`,
              expectedVersion: version,
              events: [event],
              outbox,
            })
            committed.push(n)
            version += 1
          } catch (error) {
            failures.push(error)
            // it may have been committed, and only its answer lost
            const stored = await readStream(replica(index), `${index}`).catch(() => undefined)
            if (stored) version = stored.length
            else await new Promise(resolve => setImmediate(resolve))
          }
        }
      })
      await until(() => committed.length > 60)
      await server.kill()
      await until(() => failures.length > 20)
      await server.restart()
      const before = committed.length
      await until(() => committed.length > before + 60)
      isOver = true
      await Promise.all(writers)
      await until(async () => (await left()) === 0)
      for (const index of [0, 1, 2]) {
        const stored = (await readStream(replica(index), `${index}`)).map(({ data }) => data as number)
        expect(stored).toEqual(
          expect.arrayContaining(committed.filter(n => Math.floor(n / 100_000) === index)),
        )
        const first = [...new Set(numbersOf(`${index}`))]
        expect(first).toEqual(stored)
      }
      expect(errors.flat().length).toBeGreaterThan(0)
    },
  )
})
