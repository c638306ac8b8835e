import { type Benchmark, type Sample, type Setting, type Side, sides } from './benchmark.ts'
import { type Outcome, summarize } from './outcome.ts'

export interface RunOptions extends Pick<Setting, 'seconds' | 'signal'> {
  rounds: number
  /** Told before each round, with its number from 1. */
  onRound?: (round: number) => void
}

/**
 * Measures both sides in short turns, the other one first in every second turn: what slows the machine down for a
 * while slows down both. Every round has fresh processes: one may have had luck.
 * @throws the signal's reason when it aborts
 */
export async function runBenchmark(
  benchmark: Benchmark,
  { rounds, seconds, signal, onRound }: RunOptions,
): Promise<Outcome> {
  const { slices = 4, alone = false } = benchmark
  const samples: Record<Side, Sample[]> = { ours: [], peer: [] }
  for (let turn = 0; turn < rounds; turn++) {
    onRound?.(turn + 1)
    signal.throwIfAborted()
    await using round = new AsyncDisposableStack()
    const measure = await benchmark.prepare({ seconds, slice: seconds / slices, signal, round })
    for (let slice = 0; slice < slices; slice++) {
      for (const side of (turn + slice) % 2 === 0 ? sides : sides.toReversed()) {
        signal.throwIfAborted()
        if (side === 'peer' && alone) continue
        const sample = await measure(side)
        samples[side].push(typeof sample === 'number' ? { value: sample, times: [] } : sample)
      }
    }
  }
  return summarize(benchmark, samples)
}
