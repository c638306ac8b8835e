import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { dialects, startTimeout } from '@shop/local-postgres'
import type { TestTables } from '../test/tables.ts'
import { type Journals, journals } from '../test/temporary-journal.ts'
import { type AggregateOptions, aggregate, type Decider } from './aggregate.ts'
import { ConflictError } from './conflict.ts'
import { readStream } from './event-store.ts'
import type { Journal } from './journal.ts'

type Happened = { type: 'added'; amount: number } | { type: 'emptied' }
type Command = { add: number } | 'empty'

const account: Decider<{ sum: number }, Command, Happened> = {
  initial: { sum: 0 },
  decide(command, { sum }) {
    if (command === 'empty') return sum === 0 ? [] : [{ type: 'emptied' }]
    if (sum + command.add < 0) throw new RangeError('not enough')
    return [{ type: 'added', amount: command.add }]
  },
  evolve: ({ sum }, event) => ({ sum: event.type === 'added' ? sum + event.amount : 0 }),
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

  function accounts(options: Partial<AggregateOptions<{ sum: number }, Command, Happened>> = {}) {
    return aggregate({ journal, decider: account, ...options })
  }

  testHere('a command is decided on the state as it is', async () => {
    const { load, execute } = accounts({ now: () => new Date(0) })
    expect(await load('a')).toEqual({ state: { sum: 0 }, version: 0 })
    expect(await execute('a', { add: 3 })).toEqual({
      ...{ state: { sum: 3 }, version: 1, position: 1 },
      ...{ events: [{ type: 'added', amount: 3 }], before: { state: { sum: 0 }, version: 0 } },
    })
    await expect(execute('a', { add: -4 })).rejects.toBeInstanceOf(RangeError)
    await execute('a', 'empty')
    expect(await execute('a', 'empty')).toMatchObject({ events: [], version: 2 })
    expect(await load('a')).toEqual({ state: { sum: 0 }, version: 2 })
    const [first] = await readStream(journal, 'a')
    expect(first).toMatchObject({
      type: 'added',
      schema: 1,
      data: { amount: 3 },
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  testHere('of many commands at once each is decided on what the others did', async () => {
    const { load, execute } = accounts({ snapshotEvery: 4 })
    await execute('a', { add: 5 })
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => execute('a', { add: -1 })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RangeError)
    }
    expect(await load('a')).toEqual({ state: { sum: 0 }, version: 6 })
  })

  testHere('what is committed beside depends on the decision, and is part of it', async () => {
    const { notes } = journal.tables
    const { execute, load } = accounts()
    const beside = (id: string) => (decided: { state: { sum: number } }) => ({
      rows: (write: Parameters<NonNullable<Parameters<typeof journal.commit>[0]['rows']>>[0]) => [
        write.insert(notes).values({ id, amount: decided.state.sum }),
      ],
    })
    await execute('a', { add: 3 }, beside('one'))
    await expect(execute('a', { add: 3 }, beside('one'))).rejects.toBeInstanceOf(ConflictError)
    expect(await load('a')).toMatchObject({ version: 1 })
    expect(await journal.database.select().from(notes)).toMatchObject([{ id: 'one', amount: 3 }])
  })

  testHere('`decide` commits nothing, and says nothing where nothing changes', async () => {
    const { decide, load } = accounts()
    expect(await decide('a', 'empty')).toBeUndefined()
    const change = await decide('a', { add: 1 })
    expect(await load('a')).toMatchObject({ version: 0 })
    await journal.commit(change ?? {})
    await expect(journal.commit(change ?? {})).rejects.toBeInstanceOf(ConflictError)
    expect(await load('a')).toMatchObject({ version: 1 })
  })

  testHere('a snapshot spares the events before it, and gives the same state', async () => {
    const { execute, load } = accounts({ snapshotEvery: 3 })
    for (const add of [1, 2, 3, 4]) await execute('a', { add })
    expect(await journal.database.select().from(journal.tables.snapshots)).toEqual([
      { stream: 'a', version: 3, schema: 1, state: { sum: 6 } },
    ])
    let folded = 0
    const decider = {
      ...account,
      evolve(state: { sum: number }, event: Happened) {
        folded += 1
        return account.evolve(state, event)
      },
    }
    expect(await accounts({ decider }).load('a')).toEqual({ state: { sum: 10 }, version: 4 })
    expect(folded).toBe(1)
    expect(await accounts({ decider, stateVersion: 2 }).load('a')).toEqual({ state: { sum: 10 }, version: 4 })
    expect(folded).toBe(5)
    await journal.commit({ rows: write => [write.delete(journal.tables.snapshots)] })
    expect(await load('a')).toEqual({ state: { sum: 10 }, version: 4 })
  })

  testHere(
    'events of older shapes are read in the shape of today, those of later code not at all',
    async () => {
      const at = '2026-01-01T00:00:00.000Z'
      const stored = [
        { type: 'added', schema: 1, data: { units: 1 }, at },
        { type: 'added', schema: 2, data: { euros: 2 }, at },
        { type: 'added', schema: 3, data: { amount: 3 }, at },
      ]
      await journal.commit({ stream: 'a', events: stored })
      const upcasters = {
        added: [
          ({ units }: { units: number }) => ({ euros: units * 10 }),
          ({ euros }: { euros: number }) => ({ amount: euros * 100 }),
        ],
      }
      const current = accounts({ upcasters })
      expect(await current.load('a')).toEqual({ state: { sum: 1_203 }, version: 3 })
      await current.execute('a', { add: 1 })
      expect((await readStream(journal, 'a', { after: 3 })).map(({ schema }) => schema)).toEqual([3])
      await expect(accounts().load('a')).rejects.toThrow('added is stored in version 2, this code knows 1')
    },
  )
})
