import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { propagation } from '@opentelemetry/api'
import { dialects, startTimeout } from '@shop/local-postgres'
import { Type } from '@sinclair/typebox'
import { eq } from 'drizzle-orm'
import { topic } from 'elysia-dapr'
import type { TestTables } from '../test/tables.ts'
import { type Journals, journals, open } from '../test/temporary-journal.ts'
import { type Cause, exactlyOne, outgoing, type Writer } from './change-set.ts'
import { ConflictError, retryOnConflict } from './conflict.ts'
import { readAll, readStream } from './event-store.ts'
import type { Journal } from './journal.ts'

const noted = topic('pubsub', 'noted', Type.Object({ text: Type.String() }))
const at = '2026-01-01T00:00:00.000Z'

function event(data: unknown) {
  return { type: 'noted', schema: 1, data, at }
}

describe.each(dialects)('$name', ({ dialect, skip }) => {
  let all: Journals
  let journal: Journal<TestTables>

  beforeAll(async () => {
    if (!skip) all = await journals(dialect)
  }, startTimeout)
  beforeEach(async () => {
    if (!skip) journal = await all.temporary()
  })
  afterAll(() => all?.[Symbol.asyncDispose]())
  const testHere = test.skipIf(skip)

  async function contents() {
    const { database, tables } = journal
    return {
      notes: (await database.select().from(tables.notes)).map(({ id, amount }) => `${id} ${amount}`),
      events: (await database.select().from(tables.events)).map(
        ({ stream, version }) => `${stream} ${version}`,
      ),
      outbox: (await database.select().from(tables.outbox)).map(({ key }) => key),
      inbox: (await database.select().from(tables.inbox)).map(({ id }) => id),
    }
  }

  function cause(id: string, version: number, previous = version - 1): Cause {
    return { source: 's', topic: 't', id, key: 'k', version, previous, event: { id } }
  }

  testHere('a change is committed as a whole', async () => {
    const { notes } = journal.tables
    const outcome = await journal.commit({
      stream: 'a',
      events: [event({ n: 1 }), event({ n: 2 })],
      snapshot: { version: 2, schema: 1, state: 'two' },
      rows: write => [
        write.insert(notes).values({ id: 'a', amount: 1 }),
        write.update(notes).set({ amount: 2 }).where(eq(notes.id, 'a')),
      ],
      outbox: [outgoing(noted, 'a', { text: 'x' })],
      inbox: cause('e1', 1),
    })
    expect(outcome).toEqual({ status: 'committed', position: 2 })
    expect(await contents()).toEqual({ notes: ['a 2'], events: ['a 1', 'a 2'], outbox: ['a'], inbox: ['e1'] })
    const [row] = await journal.database.select().from(journal.tables.outbox)
    expect(row).toMatchObject({ pubsub: 'pubsub', topic: 'noted', data: { text: 'x' }, traceparent: null })
    expect(await journal.database.select().from(journal.tables.snapshots)).toMatchObject([{ state: 'two' }])
  })

  testHere('or not at all, whichever part fails', async () => {
    const { notes } = journal.tables
    await journal.commit({ rows: write => [write.insert(notes).values({ id: 'there', amount: 1 })] })
    const before = await contents()
    const whole = {
      ...{ stream: 'a', events: [event(1)], inbox: cause('e1', 1) },
      outbox: [{ ...outgoing(noted, 'a', { text: 'x' }), id: 'o1' }],
    }
    const late = (write: Writer) => [write.insert(notes).values({ id: 'new', amount: 1 })]
    const failing: Parameters<typeof journal.commit>[0][] = [
      { ...whole, rows: write => [...late(write), write.insert(notes).values({ id: 'there', amount: 1 })] },
      { ...whole, rows: write => [...late(write), write.insert(notes).values({ id: 'less', amount: -1 })] },
      {
        ...whole,
        rows: write => [...late(write), exactlyOne(write.delete(notes).where(eq(notes.id, 'nobody')))],
      },
      { ...whole, outbox: [...whole.outbox, ...whole.outbox], rows: late },
      { ...whole, events: [event(1), event(2)], expectedVersion: 1 },
    ]
    for (const change of failing) await expect(journal.commit(change)).rejects.toBeInstanceOf(ConflictError)
    const mistaken = () => {
      throw new TypeError('a mistake')
    }
    await expect(journal.commit({ ...whole, rows: mistaken })).rejects.toBeInstanceOf(TypeError)
    expect(await contents()).toEqual(before)
  })

  testHere('the version of the stream is the expected one, not less and not more', async () => {
    await journal.commit({ stream: 'a', events: [event(1), event(2)] })
    for (const expectedVersion of [0, 1, 3]) {
      const change = { stream: 'a', expectedVersion, events: [event(3)] }
      await expect(journal.commit(change)).rejects.toBeInstanceOf(ConflictError)
    }
    await journal.commit({ stream: 'a', expectedVersion: 2, events: [event(3)] })
    expect((await contents()).events).toEqual(['a 1', 'a 2', 'a 3'])
  })

  testHere('of many who append to one stream at once each gets a version of its own', async () => {
    const append = () =>
      retryOnConflict(async () => {
        const expectedVersion = (await readStream(journal, 'a')).length
        await journal.commit({ stream: 'a', expectedVersion, events: [event(expectedVersion)] })
      }, 100)
    await Promise.all(Array.from({ length: 20 }, append))
    const stored = await readStream(journal, 'a')
    expect(stored.map(({ version, data }) => [version, data])).toEqual(
      Array.from({ length: 20 }, (_, index) => [index + 1, index]),
    )
  })

  testHere('positions grow as commits become visible: who reads along misses none', async () => {
    const seen: number[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 10; n += 1)
        await journal.commit({ stream: `${writer}-${n}`, events: [event(n), event(n)] })
    })
    let isDone = false
    const written = Promise.all(writers).then(() => {
      isDone = true
    })
    for (let last = false; !last; ) {
      last = isDone
      const next = await readAll(journal, { after: seen.at(-1) ?? 0, limit: 7 })
      seen.push(...next.map(({ position }) => position))
      if (next.length > 0) last = false
      await new Promise(resolve => setImmediate(resolve))
    }
    await written
    expect(seen).toHaveLength(160)
  })

  testHere('what JSON can hold comes back as it was', async () => {
    const values = ['1', '"', '\u0000', '\ud800', { b: 1, a: ['\u0000', null, 2 ** 53, 1.5] }, true, 0]
    await journal.commit({ stream: 'a', events: values.map(event) })
    const stored = await readStream(journal, 'a')
    expect(stored.map(({ data }) => data)).toEqual(values)
    expect(JSON.stringify(stored[4]?.data)).toBe(JSON.stringify(values[4]))
  })

  testHere('an outgoing event keeps the trace of the request that made it', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    propagation.setGlobalPropagator({
      inject: (_, carrier, setter) => setter.set(carrier, 'traceparent', traceparent),
      extract: context => context,
      fields: () => ['traceparent'],
    })
    using _ = { [Symbol.dispose]: () => propagation.disable() }
    await journal.commit({ outbox: [outgoing(noted, 'a', { text: 'x' })] })
    expect(await journal.database.select().from(journal.tables.outbox)).toMatchObject([{ traceparent }])
  })

  testHere(
    'more rows than one statement takes',
    async () => {
      const texts = Array.from({ length: 12_345 }, (_, index) => `${index}`)
      const outcome = await journal.commit({
        stream: 'a',
        events: texts.map(event),
        outbox: texts.map(text => outgoing(noted, text, { text })),
      })
      expect(outcome).toEqual({ status: 'committed', position: 12_345 })
      expect((await readStream(journal, 'a', { after: 12_344 })).map(({ data }) => data)).toEqual(['12344'])
      expect((await contents()).outbox).toEqual(texts)
    },
    30_000,
  )

  testHere('listeners are told of what is committed, until they are removed', async () => {
    const told: unknown[] = []
    const end = journal.onCommit(({ stream }) => told.push(stream))
    await journal.commit({ stream: 'a', events: [event(1)] })
    await journal.commit({ stream: 'a', events: [event(1)] }).catch(() => undefined)
    await journal.commit({ stream: 'c', inbox: cause('late', 3) })
    end()
    await journal.commit({ stream: 'b', events: [event(1)] })
    expect(told).toEqual(['a'])
  })

  testHere('opened again, what was committed is there', async () => {
    const url = await all.url()
    const first = await open(url)
    await first.commit({ stream: 'a', events: [event(1)] })
    await first.close()
    const [one, two] = await Promise.all([all.open(url), all.open(url)])
    expect(await readStream(one, 'a')).toHaveLength(1)
    expect(await readStream(two, 'a')).toHaveLength(1)
  })
})

test('a URL of another kind is refused, without its password', async () => {
  await expect(open('mysql://me:secret@host/db')).rejects.toThrow(/begins with mysql:$/)
  await expect(open('data/orders.db')).rejects.toThrow('must begin with file: or postgres:')
})
