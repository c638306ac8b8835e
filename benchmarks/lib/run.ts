import { type Benchmark, type Result, type Setting, type Side, sides } from './benchmark.ts'
import { median, rounded, spread } from './statistics.ts'

export interface RunOptions extends Pick<Setting, 'seconds' | 'signal'> {
  rounds: number
  /** Told before each round, with its number from 1. */
  onRound?: (round: number) => void
}

export interface Outcome {
  result: Result
  /** Of each side's measurements and of the ratios, see `spread`. */
  spread: { ours: number; peer: number; ratio: number }
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
  const { slices = 4 } = benchmark
  const values: Record<Side, number[]> = { ours: [], peer: [] }
  for (let turn = 0; turn < rounds; turn++) {
    onRound?.(turn + 1)
    signal.throwIfAborted()
    await using round = new AsyncDisposableStack()
    const measure = await benchmark.prepare({ seconds, slice: seconds / slices, signal, round })
    for (let slice = 0; slice < slices; slice++) {
      for (const side of (turn + slice) % 2 === 0 ? sides : sides.toReversed()) {
        signal.throwIfAborted()
        values[side].push(await measure(side))
      }
    }
  }
  return summarize(benchmark, values)
}

function summarize(
  { name, unit, better, target }: Benchmark,
  { ours, peer }: Record<Side, number[]>,
): Outcome {
  const ratios = ours.map((own, index) => {
    const other = peer[index] ?? Number.NaN
    return better === 'more' ? own / other : other / own
  })
  const ratio = rounded(median(ratios))
  return {
    result: {
      name,
      ours: rounded(median(ours)),
      peer: rounded(median(peer)),
      unit,
      ratio,
      target,
      ok: target === null || ratio >= target,
    },
    spread: { ours: spread(ours), peer: spread(peer), ratio: spread(ratios) },
  }
}
