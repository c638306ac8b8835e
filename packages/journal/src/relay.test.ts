import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import { dialects, startTimeout } from '@shop/local-postgres'
import { asc } from 'drizzle-orm'
import { DaprError } from 'elysia-dapr'
import { type FakeBroker, fakeBroker, type Published } from '../test/fake-broker.ts'
import type { TestTables } from '../test/tables.ts'
import { type Journals, journals } from '../test/temporary-journal.ts'
import { until } from '../test/until.ts'
import { listDeadLetters } from './dead-letters.ts'
import type { Journal } from './journal.ts'
import { type RelayOptions, startRelay } from './relay.ts'

describe.each(dialects)('$name', ({ dialect, skip }) => {
  let all: Journals
  let journal: Journal<TestTables>
  let broker: FakeBroker
  let stops: (() => Promise<void>)[] = []

  beforeAll(async () => {
    if (!skip) all = await journals(dialect)
  }, startTimeout)
  beforeEach(async () => {
    if (!skip) journal = await all.temporary()
    broker = fakeBroker()
    stops = []
  })
  afterEach(async () => {
    for (const stop of stops) await stop()
    broker[Symbol.dispose]()
  })
  afterAll(() => all?.[Symbol.asyncDispose]())
  const testHere = test.skipIf(skip)

  /** `'a b a'`: an event of a, of b and of a, numbered for each. */
  async function commit(keys: string, topic = 'noted'): Promise<void> {
    const counts = new Map<string, number>()
    const outbox = keys.split(' ').map(key => {
      const n = (counts.get(key) ?? 0) + 1
      counts.set(key, n)
      return { topic: { pubsub: 'pubsub', name: topic }, key, data: { key, n } }
    })
    await journal.commit({ outbox })
  }

  async function left(): Promise<string[]> {
    const { outbox } = journal.tables
    const rows = await journal.database.select().from(outbox).orderBy(asc(outbox.seq))
    return rows.map(({ data }) => named({ data } as Published))
  }

  const isEmpty = async () => (await left()).length === 0
  const named = ({ data: { key, n } }: Pick<Published, 'data'>) => `${key}${n}`
  const ofKey = (key: string) => broker.taken.filter(({ data }) => data.key === key).map(named)

  function relay(options: Partial<RelayOptions> = {}) {
    const errors: [unknown, string][] = []
    const started = startRelay({
      ...{ journal, sidecar: broker.sidecar, source: 'notary', maxPause: 1, againAfter: 0 },
      onError: (...error) => void errors.push(error),
      ...options,
    })
    stops.push(started.stop)
    return { ...started, errors }
  }

  testHere('what an earlier process left is published at once, those of a key in their order', async () => {
    await commit('a b a c a b')
    const { outbox } = journal.tables
    const ids = (await journal.database.select().from(outbox)).map(({ id }) => id)
    const { errors } = relay()
    await until(isEmpty)
    expect(broker.calls.map(call => call.map(named))).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']])
    expect(broker.taken.map(({ id }) => id).sort()).toEqual(ids.sort())
    expect(errors).toEqual([])
  })

  testHere(
    'more rows than one batch, and what is committed meanwhile',
    async () => {
      const keys = Array.from({ length: 1_100 }, (_, index) => `k${index % 300}`)
      await commit(keys.join(' '))
      relay()
      await commit('later')
      await until(isEmpty)
      expect(broker.taken).toHaveLength(1_101)
      for (const key of ['k0', 'k7']) expect(ofKey(key)).toEqual([1, 2, 3, 4].map(n => `${key}${n}`))
    },
    20_000,
  )

  testHere('a row is there until the broker has its event', async () => {
    const taken = Promise.withResolvers<number>()
    broker.answer = () => taken.promise
    await commit('a')
    relay()
    await until(() => broker.calls.length === 1)
    expect(await left()).toEqual(['a1'])
    taken.resolve(204)
    await until(isEmpty)
  })

  testHere(
    'what follows an event that fails waits for it, all others go on, nothing is sent twice',
    async () => {
      let failures = 3
      broker.answer = events => {
        const index = events.findIndex(event => named(event) === 'b1')
        return index >= 0 && failures-- > 0 ? { failed: [index] } : 204
      }
      await commit('a b b a c a')
      const { errors } = relay()
      await until(isEmpty)
      expect(errors.map(([error, outcome]) => [error instanceof DaprError, outcome])).toEqual(
        Array.from({ length: 3 }, () => [true, 'retrying']),
      )
      expect(ofKey('b')).toEqual(['b1', 'b2'])
      expect(ofKey('a')).toEqual(['a1', 'a2', 'a3'])
      const attempts = broker.calls.flat().map(named)
      expect(attempts.filter(name => name === 'b1')).toHaveLength(4)
      expect(attempts).toHaveLength(9)
      expect(new Set(broker.calls.flat().map(({ id }) => id)).size).toBe(6)
    },
  )

  testHere(
    'a topic that cannot be published to holds up no other, however many its events are',
    async () => {
      let isMissing = true
      broker.answer = ([event]) => (isMissing && event?.topic === 'missing' ? 404 : 204)
      await commit(Array.from({ length: 1_200 }, (_, index) => `m${index}`).join(' '), 'missing')
      await commit('a b')
      relay()
      await until(() => broker.taken.length === 2)
      isMissing = false
      await until(isEmpty)
      expect(broker.taken).toHaveLength(1_202)
    },
    20_000,
  )

  testHere(
    'an event that is refused for good becomes a dead letter, alone of those in its call',
    async () => {
      broker.answer = events => (events.some(event => named(event) === 'c1') ? 413 : 204)
      await commit('a b c d e c')
      const { errors } = relay()
      await until(isEmpty)
      expect(broker.taken.map(named).sort()).toEqual(['a1', 'b1', 'c2', 'd1', 'e1'])
      expect(errors.map(([, outcome]) => outcome)).toEqual(['given up'])
      expect(await listDeadLetters(journal)).toMatchObject([
        {
          source: 'notary',
          topic: 'noted',
          event: { data: { key: 'c', n: 1 }, key: 'c', pubsubname: 'pubsub' },
        },
      ])
    },
  )

  testHere('a topic that may not be published to is refused in one call', async () => {
    broker.answer = () => 403
    await commit('a b c')
    relay()
    await until(isEmpty)
    expect(broker.calls).toHaveLength(1)
    expect(await listDeadLetters(journal)).toHaveLength(3)
  })

  testHere('an event keeps its trace, and says whose order it belongs to', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const row = {
      id: 'o1',
      pubsub: 'pubsub',
      topic: 'noted',
      key: 'a',
      data: { key: 'a', n: 1 },
      traceparent,
    }
    const { outbox } = journal.tables
    await journal.commit({ rows: write => [write.insert(outbox).values({ ...row, committedAt: '' })] })
    relay()
    await until(isEmpty)
    expect(broker.taken).toMatchObject([{ id: 'o1', traceparent, partitionKey: 'a' }])
  })

  testHere('the pauses grow to their limit, and are short again after a success', async () => {
    const pauses: number[] = []
    const { setTimeout } = globalThis
    using _ = spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, pause: number) => {
      if (run.name === 'again') pauses.push(pause)
      return setTimeout(run, run.name === 'again' ? 0 : pause)
    }) as never)
    let failures = 5
    broker.answer = () => (failures-- > 0 ? 503 : 204)
    await commit('a')
    relay({ maxPause: 1_000 })
    await until(isEmpty)
    expect(pauses).toEqual([100, 200, 400, 800, 1_000])
    failures = 1
    await commit('b')
    await until(isEmpty)
    expect(pauses.slice(5)).toEqual([100])
  })

  testHere('no commit is overlooked, whenever it comes', async () => {
    relay()
    for (let index = 0; index < 60; index += 1) {
      await commit(`k${index}`)
      // a different number of turns each time, so that commits meet the relay in each of its states
      for (let turn = 0; turn < index % 11; turn += 1) await Promise.resolve()
      if (index % 7 === 0) await until(isEmpty)
    }
    await until(isEmpty)
    expect(broker.taken).toHaveLength(60)
  })

  describe('once more', () => {
    const ids = (events: Published[], key: string) => [
      ...new Set(events.filter(({ data }) => data.key === key).map(({ id }) => id)),
    ]
    const both = (names: string[]) => [...names, ...names].sort()

    testHere('each event is published again a while later, with its id, and then never', async () => {
      await commit('a b a')
      relay({ againAfter: 20 })
      await until(isEmpty)
      expect(broker.taken.map(named).sort()).toEqual(both(['a1', 'a2', 'b1']))
      expect(new Set(broker.taken.map(({ id }) => id)).size).toBe(3)
      await commit('c')
      await until(isEmpty)
      expect(broker.taken).toHaveLength(8)
    })

    testHere('not before its time; after a restart it is due all the same', async () => {
      await commit('a')
      const { stop } = relay({ againAfter: 60_000 })
      await until(() => broker.taken.length === 1)
      await stop()
      const { outbox } = journal.tables
      const [row] = await journal.database.select().from(outbox)
      expect(Date.parse(row?.againAt ?? '') - Date.now()).toBeWithin(50_000, 60_001)
      expect(broker.taken).toHaveLength(1)

      await journal.commit({ rows: write => [write.update(outbox).set({ againAt: row?.committedAt })] })
      relay({ againAfter: 60_000 })
      await until(isEmpty)
      expect(broker.taken.map(named)).toEqual(['a1', 'a1'])
    })

    testHere('not when a consumer may have forgotten that it has handled it', async () => {
      await commit('a')
      const { stop } = relay({ againAfter: 60_000 })
      await until(() => broker.taken.length === 1)
      await stop()
      const { outbox } = journal.tables
      const againAt = new Date(Date.now() - 25 * 60 * 60 * 1_000).toISOString()
      await journal.commit({ rows: write => [write.update(outbox).set({ againAt })] })
      relay({ againAfter: 60_000 })
      await until(isEmpty)
      expect(broker.taken.map(named)).toEqual(['a1'])
    })

    testHere('while the broker is away it is tried until it is there', async () => {
      let calls = 0
      broker.answer = () => (++calls > 1 && calls < 5 ? 503 : 204)
      await commit('a')
      const { errors } = relay({ againAfter: 20 })
      await until(isEmpty)
      expect(broker.taken.map(named)).toEqual(['a1', 'a1'])
      expect(errors.map(([, outcome]) => outcome)).toEqual(Array(3).fill('retrying'))
    })

    testHere('at once when a publication fails soon after: it may have been taken for accepted', async () => {
      relay({ againAfter: 60_000 })
      await commit('a')
      await until(() => broker.taken.length === 1)
      let failures = 3
      broker.answer = () => (failures-- > 0 ? 503 : 204)
      await commit('b')
      await until(() => broker.taken.length === 3)
      expect(broker.taken.map(named).sort()).toEqual(['a1', 'a1', 'b1'])
      expect(ids(broker.taken, 'a')).toHaveLength(1)
      expect(await left()).toEqual(['a1', 'b1'])
    })

    testHere('not at each of many failures, nor when it was published long before', async () => {
      await commit('a')
      const { stop } = relay({ againAfter: 60_000 })
      await until(() => broker.taken.length === 1)
      await stop()
      const { outbox } = journal.tables
      const againAt = new Date(Date.now() + 45_000).toISOString()
      await journal.commit({ rows: write => [write.update(outbox).set({ againAt })] })

      const { errors } = relay({ againAfter: 60_000 })
      broker.answer = events => {
        const index = events.findIndex(event => named(event) === 'poison1')
        return index < 0 ? 204 : { failed: [index] }
      }
      await commit('poison b')
      await until(() => errors.length > 10)
      expect(broker.taken.map(named)).toEqual(['a1', 'b1', 'b1'])
    })

    testHere('what is refused is a dead letter, and is not published again', async () => {
      broker.answer = () => 413
      await commit('a')
      relay({ againAfter: 20 })
      await until(isEmpty)
      expect(await listDeadLetters(journal)).toHaveLength(1)
      expect(broker.calls).toHaveLength(1)
    })
  })

  testHere('stop finishes the publication under way and leaves the rest', async () => {
    const taken = Promise.withResolvers<number>()
    broker.answer = () => taken.promise
    await commit('a a')
    const { stop } = relay()
    await until(() => broker.calls.length === 1)
    const stopped = stop()
    taken.resolve(204)
    await stopped
    expect(await left()).toEqual(['a2'])
    await commit('b')
    expect(broker.calls).toHaveLength(1)
    relay()
    await until(isEmpty)
    expect(broker.taken.map(named)).toEqual(['a1', 'a2', 'b1'])
  })

  testHere('a publication that hangs does not hold up the end, and stays in the outbox', async () => {
    const never = Promise.withResolvers<number>()
    broker.answer = () => never.promise
    await commit('a')
    const { stop, errors } = relay()
    await until(() => broker.calls.length === 1)
    await stop(1)
    expect(await left()).toEqual(['a1'])
    expect(errors).toHaveLength(1)
    never.resolve(204)
  })
})
