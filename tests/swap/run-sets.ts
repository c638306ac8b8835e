import type { Outcome } from './row.ts'
import { type RunSetOptions, runSet } from './run-set.ts'
import { missingFor } from './sets.ts'
import type { SetResult } from './table.ts'

export interface RunSetsOptions extends Pick<RunSetOptions, 'rows' | 'signal' | 'start'> {
  root: string
  onStep: (set: string, title: string) => void
  onOutcome: (outcome: Outcome) => void
  /** Told why a set is not run. */
  onMissing: (set: string, missing: string) => void
}

/**
 * Runs the suite on one set after the other.
 * @throws the signal's reason when it aborts, once what was started is gone
 */
export async function runSets(
  sets: readonly string[],
  { root, rows, signal, start, onStep, onOutcome, onMissing }: RunSetsOptions,
): Promise<SetResult[]> {
  const results: SetResult[] = []
  for (const set of sets) {
    signal.throwIfAborted()
    onStep(set, 'servers')
    const report = (line: string) => onStep(set, line)
    const missing = await missingFor(set, { root, signal, report })
    if (missing !== undefined) {
      onMissing(set, missing)
      results.push({ set, missing })
      continue
    }
    const outcomes: Outcome[] = []
    await runSet(set, {
      rows,
      signal,
      ...(start && { start }),
      onStep: title => onStep(set, title),
      onOutcome(outcome) {
        outcomes.push(outcome)
        onOutcome(outcome)
      },
    })
    results.push(outcomes)
  }
  return results
}
