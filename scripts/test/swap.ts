import type { Outcome, Row } from '../../tests/swap/row.ts'
import { runSets } from '../../tests/swap/run-sets.ts'
import { emptyTally, type Tally } from './tally.ts'

/** The component sets that every run has; the others run when there is time. */
export const always = ['embedded', 'redis', 'postgres-rabbitmq']

/** Minutes since the run began from which on no further set is started but those. */
export const latest = 40

export interface SwapOptions {
  root: string
  rows: readonly Row[]
  signal: AbortSignal
  add: (tally: Tally) => void
  write?: (line: string) => void
  /** Minutes since the run began. @default those of this process */
  elapsed?: () => number
  /** @default `runSets` */
  run?: typeof runSets
  /** Where all has to run. @default the environment variable CI */
  isCi?: boolean
}

/** Runs the suite of the sets, those that every run has first. Each row of each set is one test. */
export async function runSwapLayer(sets: readonly string[], options: SwapOptions): Promise<void> {
  const { root, rows, signal, add, write = console.log, run = runSets } = options
  const { elapsed = () => performance.now() / 60_000, isCi = Boolean(process.env.CI) } = options
  const inOrder = [...sets].sort((a, b) => Number(always.includes(b)) - Number(always.includes(a)))
  for (const set of inOrder) {
    const minutes = Math.floor(elapsed())
    if (!always.includes(set) && minutes >= latest) {
      const reason = `left out: ${minutes} minutes of this run have gone by, and it starts before ${latest}`
      write(`── swap: ${set} is ${reason}`)
      add({ ...emptyTally(), skipped: [{ name: `swap: ${set}`, reason }] })
      continue
    }
    write(`── swap: ${set}`)
    await run([set], {
      root,
      rows,
      signal,
      onStep: (_, title) => write(`  ${title} …`),
      onOutcome(outcome) {
        const { row, ok, seen, seconds } = outcome
        write(`    ${ok ? '' : 'FAILED '}${row}: ${seen} (${seconds} s)`)
        add(tallyOf(outcome))
      },
      onMissing(_, missing) {
        write(`  not run: ${missing}`)
        add(tallyOfMissing(set, missing, { isCi }))
      },
    })
  }
}

function tallyOf({ set, row, ok, seen }: Outcome): Tally {
  return ok ? { ...emptyTally(), passed: 1 } : { ...emptyTally(), failed: [`swap: ${set}: ${row}: ${seen}`] }
}

function tallyOfMissing(set: string, missing: string, { isCi }: { isCi: boolean }): Tally {
  return isCi
    ? { ...emptyTally(), failed: [`swap: ${set}: cannot be run: ${missing}`] }
    : { ...emptyTally(), skipped: [{ name: `swap: ${set}`, reason: missing }] }
}
