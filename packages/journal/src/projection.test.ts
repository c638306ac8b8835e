import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { dialects, startTimeout } from '@shop/local-postgres'
import { asc } from 'drizzle-orm'
import fc from 'fast-check'
import type { TestTables, tables } from '../test/tables.ts'
import { type Journals, journals } from '../test/temporary-journal.ts'
import { until } from '../test/until.ts'
import { ConflictError } from './conflict.ts'
import type { Journal } from './journal.ts'
import { activeGeneration, isActive, type Projection, project } from './projection.ts'
import { startProjector } from './projector.ts'
import { rebuild } from './rebuild.ts'

interface Sum {
  sum: number
  versions: number[]
}

function sumsOf(table: typeof tables.sqlite.sums): Projection<Sum> {
  return {
    name: 'sums',
    table,
    upcasters: { added: [({ units }: { units: number }) => ({ amount: units })] },
    idOf: ({ type, stream }) => (type === 'noise' ? undefined : stream),
    evolve: (view = { sum: 0, versions: [] }, { data, version }) => ({
      sum: view.sum + (data as { amount: number }).amount,
      versions: [...view.versions, version],
    }),
    toRow: view => ({ ...view }),
    fromRow: ({ sum, versions }) => ({ sum, versions }) as Sum,
  }
}

const at = '2026-01-01T00:00:00.000Z'
const added = (amount: number) => ({ type: 'added', schema: 2, data: { amount }, at })

describe.each(dialects)('$name', ({ dialect, skip }) => {
  let all: Journals
  let url: string
  let journal: Journal<TestTables>
  const stops: (() => Promise<void>)[] = []

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

  async function shown(): Promise<Record<string, Sum>> {
    const { sums } = journal.tables
    const rows = await journal.database
      .select()
      .from(sums)
      .where(isActive(journal, 'sums', sums))
      .orderBy(asc(sums.id))
    return Object.fromEntries(
      rows.map(({ id, sum, versions }) => [id, { sum, versions: versions as number[] }]),
    )
  }

  function start(of = journal, projection = sumsOf(of.tables.sums)) {
    const errors: unknown[] = []
    const projector = startProjector({ journal: of, projection, onError: error => errors.push(error) })
    stops.push(projector.stop)
    return { ...projector, errors }
  }

  async function stopAll(): Promise<void> {
    for (const stop of stops.splice(0)) await stop()
  }

  async function append(stream: string, expectedVersion: number, ...amounts: number[]): Promise<number> {
    const outcome = await journal.commit({ stream, expectedVersion, events: amounts.map(added) })
    return outcome.status === 'committed' ? (outcome.position ?? 0) : 0
  }

  async function catchUp(projection = sumsOf(journal.tables.sums)): Promise<void> {
    for (let events = 1; events > 0; ) {
      ;({ events } = await project(journal, projection, await activeGeneration(journal, 'sums')))
    }
  }

  testHere('what is committed is shown to whoever waits for its position', async () => {
    await append('a', 0, 1)
    const { reached } = start()
    await reached(await append('a', 1, 2))
    expect(await shown()).toEqual({ a: { sum: 3, versions: [1, 2] } })
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        await reached(await append(`s${n}`, 0, n))
        expect((await shown())[`s${n}`]).toEqual({ sum: n, versions: [1] })
      }),
    )
    const begun = performance.now()
    await reached(1_000_000, 20)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(15)
    await stopAll()
  })

  testHere('events of no view and of older shapes are folded', async () => {
    const noise = { type: 'noise', schema: 1, data: 0, at }
    const old = { type: 'added', schema: 1, data: { units: 4 }, at }
    await journal.commit({ stream: 'a', events: [noise, old, noise] })
    await catchUp()
    expect(await shown()).toEqual({ a: { sum: 4, versions: [2] } })
  })

  testHere('two replicas fold each event once', async () => {
    const other = dialect === 'postgres' ? await all.open(url) : journal
    const [one, two] = [start(), start(other)]
    let last = 0
    for (let version = 0; version < 60; version += 3) last = await append('a', version, 1, 2, 3)
    await Promise.all([one.reached(last), two.reached(last)])
    expect(await shown()).toEqual({ a: { sum: 120, versions: Array.from({ length: 60 }, (_, n) => n + 1) } })
    expect([...one.errors, ...two.errors]).toEqual([])
    await stopAll()
  })

  testHere('a failure is told, and nothing is passed over', async () => {
    let isBroken = true
    const projection = sumsOf(journal.tables.sums)
    const { evolve } = projection
    projection.evolve = (view, event) => {
      if (isBroken) throw new Error('broken')
      return evolve(view, event)
    }
    const { errors, reached } = start(journal, projection)
    const position = await append('a', 0, 1)
    await until(() => errors.length > 1)
    isBroken = false
    await reached(position)
    expect(await shown()).toEqual({ a: { sum: 1, versions: [1] } })
    await stopAll()
  })

  testHere(
    'built anew it says the same as before, and never less',
    async () => {
      const projector = start()
      let last = 0
      for (let n = 0; n < 5; n += 1) last = await append(`s${n}`, 0, ...Array.from({ length: 500 }, () => 1))
      await projector.reached(last)
      const before = await shown()
      const rebuilding = projector.rebuild()
      let isDone = false
      void rebuilding.finally(() => {
        isDone = true
      })
      for (let version = 0; !isDone; version += 1) {
        await projector.reached(await append('live', version, 1))
        expect(await shown()).toMatchObject({ ...before, live: { sum: version + 1 } })
      }
      expect(await rebuilding).toBeGreaterThanOrEqual(2_500)
      expect(await journal.database.select().from(journal.tables.projections)).toMatchObject([
        { generation: 2, active: true },
      ])
      await stopAll()
    },
    20_000,
  )

  testHere('a rebuild that ended half-way is not seen, and the next one cleans up', async () => {
    await append('a', 0, ...Array.from({ length: 1_500 }, () => 1))
    await catchUp()
    const before = await shown()
    const ending = new AbortController()
    const projection = sumsOf(journal.tables.sums)
    const { toRow } = projection
    projection.toRow = view => {
      ending.abort(new Error('crash'))
      return { ...toRow(view), sum: -1 }
    }
    await expect(rebuild(journal, projection, { signal: ending.signal })).rejects.toThrow('crash')
    expect(await shown()).toEqual(before)
    expect(await journal.database.select().from(journal.tables.sums)).toHaveLength(2)
    expect(await rebuild(journal, sumsOf(journal.tables.sums))).toBe(1_500)
    expect(await shown()).toEqual(before)
    expect(await journal.database.select().from(journal.tables.sums)).toHaveLength(1)
  })

  testHere('of several rebuilds at once one ends well, whatever becomes of the others', async () => {
    const other = dialect === 'postgres' ? await all.open(url) : journal
    const stream = Array.from({ length: 1_200 }, () => 1)
    await append('a', 0, ...stream)
    await catchUp()
    const before = await shown()
    const attempts = await Promise.allSettled(
      [journal, other, journal, other].map(of => rebuild(of, sumsOf(of.tables.sums))),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(ConflictError)
    }
    expect(await shown()).toEqual(before)
    await append('a', 1_200, 5)
    await catchUp()
    expect((await shown()).a?.sum).toBe(1_205)
  })

  testHere(
    'whatever happened, live and rebuilt are the same',
    async () => {
      const happening = fc.record({
        stream: fc.constantFrom('a', 'b', 'c'),
        amount: fc.integer({ min: -9, max: 9 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 25 }), async run => {
          journal = await all.temporary()
          const versions: Record<string, number> = {}
          const expected: Record<string, Sum> = {}
          for (const [{ stream, amount }, catchesUp] of run) {
            const version = versions[stream] ?? 0
            await append(stream, version, amount)
            versions[stream] = version + 1
            const { sum, versions: seen } = expected[stream] ?? { sum: 0, versions: [] }
            expected[stream] = { sum: sum + amount, versions: [...seen, version + 1] }
            if (catchesUp) await catchUp()
          }
          await catchUp()
          expect(await shown()).toEqual(expected)
          expect(await rebuild(journal, sumsOf(journal.tables.sums))).toBe(run.length)
          expect(await shown()).toEqual(expected)
        }),
        { numRuns: dialect === 'sqlite' ? 40 : 10 },
      )
    },
    30_000,
  )
})
