import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { dialects, startTimeout } from '@shop/local-postgres'
import { Type } from '@sinclair/typebox'
import { asc, eq } from 'drizzle-orm'
import { Elysia } from 'elysia'
import { drop, retry, topic } from 'elysia-dapr'
import fc from 'fast-check'
import { cloudEvent, deliverer } from '../test/deliver.ts'
import type { TestTables } from '../test/tables.ts'
import { type Journals, journals } from '../test/temporary-journal.ts'
import { until } from '../test/until.ts'
import type { ChangeSet } from './change-set.ts'
import { keepDeadLetter, listDeadLetters } from './dead-letters.ts'
import { readStream } from './event-store.ts'
import { createInbox, type Decision } from './inbox.ts'
import type { Journal } from './journal.ts'
import { handledVersion, listParked, release, watchParked } from './parked.ts'
import { pruneInbox } from './prune.ts'
import { replay } from './replay.ts'

const orders = topic(
  'pubsub',
  'orders',
  Type.Object({ orderId: Type.String(), version: Type.Integer(), previous: Type.Integer() }),
)
type Data = typeof orders.data.static

const at = '2026-01-01T00:00:00.000Z'

/** Versions of an aggregate that are public: the others lie between them. */
function sequence(key: string, versions: number[]) {
  return versions.map((version, index) =>
    cloudEvent('orders', `${key}-${version}`, { orderId: key, version, previous: versions[index - 1] ?? 0 }),
  )
}

describe.each(dialects)('$name', ({ dialect, skip }) => {
  let all: Journals
  let url: string
  let journal: Journal<TestTables>

  beforeAll(async () => {
    if (!skip) all = await journals(dialect)
  }, startTimeout)
  beforeEach(async () => {
    if (skip) return
    url = await all.url()
    journal = await all.open(url)
  })
  afterAll(() => all?.[Symbol.asyncDispose]())
  const testHere = test.skipIf(skip)

  /** Appends what it decides to the stream of the order, as the effect of each event. */
  async function append({ orderId, version }: Data, of = journal): Promise<ChangeSet> {
    const expectedVersion = (await readStream(of, orderId)).length
    return { stream: orderId, expectedVersion, events: [{ type: 'seen', schema: 1, data: version, at }] }
  }

  async function consumer(decide: (data: Data) => Decision | Promise<Decision> = append, of = journal) {
    const logged: { level: string; message: string; key?: string }[] = []
    const note = (level: string) => (fields: object, message: string) =>
      void logged.push({ level, message, ...(fields as object) })
    const log = { info: note('info'), warn: note('warn'), error: note('error') }
    const inbox = createInbox({ journal: of, pubsub: 'pubsub', appId: 'stock', log })
    const subscriptions = new Elysia()
      .use(inbox.on(orders, { key: ({ orderId }) => orderId, decide: ({ data }) => decide(data) }))
      .use(inbox.deadLetters())
    return { inbox, log, logged, deliver: deliverer(subscriptions as unknown as Elysia) }
  }

  /** Counts how often parked events are looked at. */
  function countingLooks() {
    let looks = 0
    const select: Journal<TestTables>['database']['select'] = journal.database.select.bind(journal.database)
    const selectDistinct = ((fields: never) => {
      looks += 1
      return journal.database.selectDistinct(fields)
    }) as unknown as Journal<TestTables>['database']['selectDistinct']
    return { looks: () => looks, watched: { ...journal, database: { select, selectDistinct } } }
  }

  async function seen(key = 'a'): Promise<unknown[]> {
    return (await readStream(journal, key)).map(({ data }) => data)
  }

  async function parkedVersions(key = 'a'): Promise<number[]> {
    return (await listParked(journal, { topic: 'orders', key })).map(({ version }) => version)
  }

  testHere(
    'in any order, any number of times, all at once: each event has its effect once, in order',
    async () => {
      const other = dialect === 'postgres' ? await all.open(url) : journal
      const replicas = [await consumer(), await consumer(data => append(data, other), other)]
      let run = 0
      const deliveries = fc
        .uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 7 })
        .map(versions => versions.toSorted((a, b) => a - b))
        .chain(versions =>
          fc.record({
            versions: fc.constant(versions),
            order: fc.array(fc.nat({ max: versions.length - 1 }), { maxLength: 14 }),
            last: fc.shuffledSubarray(versions.keys().toArray(), { minLength: versions.length }),
            together: fc.integer({ min: 1, max: 6 }),
          }),
        )
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ versions, order, last, together }) => {
          run += 1
          const key = `order-${run}`
          const events = sequence(key, versions)
          const pending = [...order, ...last].map(index => events[index])
          while (pending.length > 0) {
            const wave = pending.splice(0, together)
            const verdicts = await Promise.all(
              wave.map((event, index) => event && replicas[index % 2]?.deliver(event)),
            )
            // what conflicts again and again is delivered again
            pending.push(...wave.filter((_, index) => verdicts[index] === 'RETRY'))
          }
          for (const { inbox } of replicas) await inbox.unpark('orders', key)
          expect(await seen(key)).toEqual(versions)
          expect(await parkedVersions(key)).toEqual([])
          expect(await handledVersion(journal, 'orders', key)).toBe(versions.at(-1) ?? 0)
        }),
        { numRuns: dialect === 'sqlite' ? 100 : 40 },
      )
    },
    60_000,
  )

  testHere('a conflict is decided again, a failure is delivered again', async () => {
    let attempts = 0
    const { deliver } = await consumer(async data => {
      attempts += 1
      const change = await append(data)
      if (attempts === 1) throw new Error('fails')
      // somebody else is faster
      if (attempts === 2) await journal.commit(await append({ ...data, version: 99 }))
      return change
    })
    const [event] = sequence('a', [1])
    if (!event) throw new Error('no event')
    expect(await deliver(event)).toBe('RETRY')
    expect(await seen()).toEqual([])
    expect(await deliver(event)).toBe('SUCCESS')
    expect(attempts).toBe(3)
    expect(await seen()).toEqual([99, 1])
  })

  testHere('what was handled is not decided upon again, under another id neither', async () => {
    let decisions = 0
    const { deliver } = await consumer(() => {
      decisions += 1
      return undefined
    })
    const [first, second] = sequence('a', [1, 2])
    if (!first || !second) throw new Error('no events')
    for (const event of [first, second, first, { ...first, id: 'x' }, second]) {
      expect(await deliver(event)).toBe('SUCCESS')
    }
    expect(decisions).toBe(2)
    expect(await handledVersion(journal, 'orders', 'a')).toBe(2)
  })

  testHere('what waits is handled even when the process that handled the missing one has died', async () => {
    const { deliver, inbox, log } = await consumer()
    const [first, second, third] = sequence('a', [1, 2, 3])
    if (!first || !second || !third) throw new Error('no events')
    await deliver(third)
    await deliver(second)
    expect(await parkedVersions()).toEqual([2, 3])
    const { source, id } = first
    const cause = { source, topic: 'orders', id, key: 'a', version: 1, previous: 0, event: first }
    await journal.commit({ ...(await append({ orderId: 'a', version: 1, previous: 0 })), inbox: cause })
    expect(await parkedVersions()).toEqual([2, 3])
    const stop = watchParked({ journal, inbox, log })
    await until(async () => (await parkedVersions()).length === 0)
    await stop()
    expect(await seen()).toEqual([1, 2, 3])
  })

  testHere('a gap that stays is reported once, by its first event', async () => {
    const { deliver, inbox, log, logged } = await consumer()
    const [, ...late] = sequence('a', [1, 2, 3])
    for (const event of [...late, ...sequence('b', [1, 2]).slice(1)]) await deliver(event)
    const gaps = () => logged.filter(({ message }) => message.startsWith('an event is missing'))
    const { looks, watched } = countingLooks()
    const patient = watchParked({ journal: watched, inbox, log, every: 1 })
    await until(() => looks() > 2)
    await patient()
    expect(gaps()).toEqual([])
    const stop = watchParked({ journal: watched, inbox, log, every: 1, reportAfter: -1_000 })
    await until(async () => {
      const waiting = await listParked(journal)
      return waiting.filter(({ reportedAt }) => reportedAt !== null).length === 2
    })
    const before = looks()
    await until(() => looks() > before + 2)
    await stop()
    expect(gaps()).toMatchObject([
      { level: 'error', key: 'a', version: 2, previous: 1 },
      { key: 'b', version: 2 },
    ])
  })

  testHere('a parked event that fails holds up no other aggregate, and stays', async () => {
    let isBroken = true
    const { deliver, inbox, log, logged } = await consumer(data => {
      if (isBroken && data.orderId === 'a' && data.version === 2) throw new Error('broken')
      return append(data)
    })
    for (const key of ['a', 'b']) {
      const [first, second] = sequence(key, [1, 2])
      if (!first || !second) throw new Error('no events')
      await deliver(second)
      expect(await deliver(first)).toBe('SUCCESS')
    }
    expect([await seen('a'), await seen('b')]).toEqual([[1], [1, 2]])
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', key: 'a' }))
    isBroken = false
    const stop = watchParked({ journal, inbox, log, every: 1 })
    await until(async () => (await seen('a')).length === 2)
    await stop()
  })

  testHere(
    'a parked event that is given up becomes a dead letter; replayed, what follows goes on',
    async () => {
      let isRefused = true
      const { deliver, inbox } = await consumer(data => {
        if (isRefused && data.version === 2) return drop('not this one')
        return append(data)
      })
      for (const event of sequence('a', [1, 2, 3]).toReversed()) await deliver(event)
      expect(await seen()).toEqual([1])
      expect(await parkedVersions()).toEqual([3])
      const letters = await listDeadLetters(journal)
      expect(letters).toMatchObject([{ source: 'orders', topic: 'orders', id: 'a-2' }])
      const dependencies = { journal, inbox, appId: 'stock' }
      expect(await replay(dependencies, letters)).toEqual({
        replayed: 0,
        failed: [{ id: 'a-2', reason: 'not this one' }],
      })
      isRefused = false
      expect(await replay(dependencies, letters)).toEqual({ replayed: 1, failed: [] })
      expect(await seen()).toEqual([1, 2, 3])
      expect(await listDeadLetters(journal)).toEqual([])
    },
  )

  testHere(
    'released, what waits is handled without what is missing, which is a duplicate from then on',
    async () => {
      const { deliver, inbox } = await consumer()
      const events = sequence('a', [1, 2, 4, 5, 9])
      for (const index of [4, 3, 1]) await deliver(events[index] as never)
      expect(await release(journal, inbox, { topic: 'orders', key: 'a' })).toBe(3)
      expect(await seen()).toEqual([2, 5, 9])
      expect(await release(journal, inbox, { topic: 'orders', key: 'a' })).toBe(0)
      for (const event of events) expect(await deliver(event)).toBe('SUCCESS')
      expect(await seen()).toEqual([2, 5, 9])
    },
  )

  testHere('releasing while what is missing comes neither loses nor repeats anything', async () => {
    const { deliver, inbox } = await consumer()
    for (let round = 0; round < 10; round += 1) {
      const key = `r${round}`
      const events = sequence(key, [1, 2, 3, 4, 5])
      await deliver(events[4] as never)
      await deliver(events[2] as never)
      await Promise.allSettled([
        ...[0, 1, 3].map(index => deliver(events[index] as never)),
        release(journal, inbox, { topic: 'orders', key }),
      ])
      await inbox.unpark('orders', key)
      const versions = (await seen(key)) as number[]
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
      expect(versions).toEqual(expect.arrayContaining([3, 5]))
      expect(await handledVersion(journal, 'orders', key)).toBe(5)
    }
  })

  testHere('a dead letter is kept whole and once, whatever is in it', async () => {
    const { deliver } = await consumer()
    const letter = {
      ...cloudEvent('orders', 'e\u0000', { text: '\u0000\ud800', large: 1e300 }),
      topic: 'orders',
    }
    await keepDeadLetter(journal, letter)
    await keepDeadLetter(journal, { ...letter, data: 'other' })
    const [kept, ...others] = await listDeadLetters(journal)
    expect(kept).toMatchObject({ id: 'e\uFFFD', event: letter })
    expect(others).toEqual([])
    expect(await deliver({ ...cloudEvent('stock.dead-letters', 'e2', { any: 1 }) })).toBe('SUCCESS')
    expect(await listDeadLetters(journal)).toHaveLength(2)
  })

  testHere('an event with what the database takes in JSON alone is parked and handled', async () => {
    const { deliver } = await consumer()
    const [first, second] = sequence('a', [1, 2])
    if (!first || !second) throw new Error('no events')
    await deliver({ ...second, data: { ...(second.data as object), note: '\u0000' } })
    await deliver(first)
    expect(await seen()).toEqual([1, 2])
  })

  testHere('what fits no schema, and what is to be tried again, is not noted as handled', async () => {
    let answer: Decision = retry('later')
    const { deliver, inbox } = await consumer(() => answer)
    const [event] = sequence('a', [1])
    if (!event) throw new Error('no event')
    expect(await deliver({ ...event, data: { orderId: 1 } })).toBe('DROP')
    expect(await deliver(event)).toBe('RETRY')
    await expect(inbox.take(event)).rejects.toThrow('later')
    answer = drop('never')
    expect(await deliver(event)).toBe('DROP')
    await expect(inbox.take({ ...event, data: {} })).rejects.toThrow('does not fit')
    await expect(inbox.take({ ...event, topic: 'others' })).rejects.toThrow('nobody here handles others')
    expect(await handledVersion(journal, 'orders', 'a')).toBe(0)
    expect(await journal.database.select().from(journal.tables.inbox)).toEqual([])
  })

  testHere('what this app could not publish is put into the outbox again, under its id', async () => {
    const { inbox } = await consumer()
    const event = { source: 'stock', topic: 'stock', id: 'o1', data: { n: 1 }, key: 'k', pubsubname: 'bus' }
    await keepDeadLetter(journal, event as never)
    const letters = await listDeadLetters(journal)
    expect(await replay({ journal, inbox, appId: 'stock' }, letters)).toEqual({ replayed: 1, failed: [] })
    expect(await journal.database.select().from(journal.tables.outbox)).toMatchObject([
      { pubsub: 'bus', topic: 'stock', id: 'o1', key: 'k', data: { n: 1 } },
    ])
    expect(await listDeadLetters(journal)).toEqual([])
  })

  testHere('ids of handled events are forgotten after a time, their versions are not', async () => {
    const { deliver } = await consumer()
    const events = sequence('a', [1, 2])
    for (const event of events) await deliver(event)
    const { inbox } = journal.tables
    const old = { receivedAt: '2020-01-01T00:00:00.000Z' }
    await journal.commit({ rows: write => [write.update(inbox).set(old).where(eq(inbox.id, 'a-1'))] })
    const stop = pruneInbox({
      journal,
      onError(error) {
        throw error
      },
    })
    const ids = () => journal.database.select({ id: inbox.id }).from(inbox).orderBy(asc(inbox.id))
    await until(async () => (await ids()).length === 1)
    await stop()
    expect(await ids()).toEqual([{ id: 'a-2' }])
    for (const event of events) await deliver(event)
    expect(await seen()).toEqual([1, 2])
  })
})
