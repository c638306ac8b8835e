import { expect, test } from 'bun:test'
import type { runSets } from '../../tests/swap/run-sets.ts'
import { latest, runSwapLayer } from './swap.ts'
import { addTally, emptyTally } from './tally.ts'

interface Given {
  /** Minutes that have gone by before the first set, and with each. */
  minutes?: [before: number, each: number]
  missing?: Record<string, string>
  isCi?: boolean
}

/** The layer on sets of which each has two rows, the second of which fails on `b`. */
async function layer(
  sets: string[],
  { minutes: [before, each] = [0, 1], missing = {}, isCi = false }: Given = {},
) {
  const total = emptyTally()
  const lines: string[] = []
  const ran: string[] = []
  const run: typeof runSets = async ([set = ''], { onOutcome, onMissing }) => {
    ran.push(set)
    if (missing[set]) onMissing(set, missing[set])
    else {
      onOutcome({ set, row: 'one', ok: true, seen: '✓', seconds: 1 })
      onOutcome({ set, row: 'two', ok: set !== 'b', seen: set === 'b' ? 'lost' : '3', seconds: 1 })
    }
    return []
  }
  await runSwapLayer(sets, {
    ...{ root: '.', rows: [], signal: new AbortController().signal, run, isCi },
    add: tally => addTally(total, tally),
    write: line => lines.push(line),
    elapsed: () => before + each * ran.length,
  })
  return { total, ran, lines }
}

test('each row of each set is one test', async () => {
  const { total } = await layer(['a', 'b'])
  expect(total).toEqual({ passed: 3, failed: ['swap: b: two: lost'], skipped: [] })
})

test('those that every run has come first, and whatever the time', async () => {
  const sets = ['another', 'embedded', 'kafka', 'postgres-rabbitmq', 'redis']
  const { ran, total, lines } = await layer(sets, { minutes: [latest, 5] })
  expect(ran).toEqual(['embedded', 'postgres-rabbitmq', 'redis'])
  const reason = `left out: ${latest + 15} minutes of this run have gone by, and it starts before ${latest}`
  expect(total.skipped).toEqual([
    { name: 'swap: another', reason },
    { name: 'swap: kafka', reason },
  ])
  expect(lines).toContain(`── swap: kafka is ${reason}`)
})

test('the others run while there is time, each by itself', async () => {
  const { ran } = await layer(['embedded', 'kafka', 'mine'], { minutes: [latest - 6, 5] })
  expect(ran).toEqual(['embedded', 'kafka'])
})

test.each([
  [false, { passed: 0, failed: [], skipped: [{ name: 'swap: a', reason: 'no a on the PATH' }] }],
  [true, { passed: 0, failed: ['swap: a: cannot be run: no a on the PATH'], skipped: [] }],
])('a set without its server is skipped, or in CI (%p) failed, with the reason', async (isCi, expected) => {
  const { total } = await layer(['a'], { missing: { a: 'no a on the PATH' }, isCi })
  expect(total).toEqual(expected)
})
