import { messageOf } from '../../dapr/install/errors.ts'
import type { Benchmark } from './benchmark.ts'
import type { Outcome } from './outcome.ts'
import type { Progress } from './progress.ts'
import { type RunOptions, runBenchmark } from './run.ts'
import { renderOutcomes } from './table.ts'

export interface BenchOptions extends Pick<RunOptions, 'seconds' | 'signal'> {
  /** @default each benchmark's own */
  rounds: number | undefined
  /** One line of JSON for each result, as soon as it is there, instead of a table at the end. */
  json: boolean
  progress: Progress
  /** Gets the lines of the result. */
  say: (line: string) => void
  /** Gets what went wrong. */
  warn: (line: string) => void
}

/**
 * Runs benchmarks one after the other. One that fails is told of, and the others go on.
 * @returns whether all were measured and met their targets
 * @throws the signal's reason when it aborts
 */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  { rounds, seconds, signal, json, progress, say, warn }: BenchOptions,
): Promise<boolean> {
  const outcomes: Outcome[] = []
  for (const benchmark of benchmarks) {
    const { name, rounds: usual = 4 } = benchmark
    const of = rounds ?? usual
    const onRound = (round: number) => progress.at(name, `round ${round} of ${of}`)
    try {
      const outcome = await runBenchmark(benchmark, { rounds: of, seconds, signal, onRound })
      progress.clear()
      outcomes.push(outcome)
      if (json) say(JSON.stringify(outcome.result))
    } catch (error) {
      progress.clear()
      signal.throwIfAborted()
      warn(`${name} failed: ${messageOf(error)}`)
    }
  }
  if (!json && outcomes.length > 0) say(renderOutcomes(outcomes))
  return outcomes.length === benchmarks.length && outcomes.every(({ result }) => result.ok)
}
