import type { Benchmark, Result, Sample, Side } from './benchmark.ts'
import { median, quantile, rounded, spread } from './statistics.ts'

export interface Outcome {
  result: Result
  better: Benchmark['better']
  /** Of each side's measurements and of the ratios, see `spread`; null where there are none. */
  spread: { ours: number; peer: number | null; ratio: number | null }
}

/** What all measurements of both sides come to. The peer has none when a benchmark is alone. */
export function summarize(benchmark: Benchmark, samples: Record<Side, Sample[]>): Outcome {
  const { name, unit, goal, alone = false } = benchmark
  const [ours, peer] = [samples.ours, samples.peer].map(some => some.map(({ value }) => value)) as [
    number[],
    number[],
  ]
  const others = alone ? ours.map(() => goal) : peer
  const ratios = ours.flatMap((own, index) => {
    const other = others[index]
    return other === undefined ? [] : [betterBy(benchmark, own, other)]
  })
  const ratio = ratios.length === 0 ? null : rounded(median(ratios))
  const target = alone && goal !== undefined ? 1 : benchmark.target
  const own = median(ours)
  const isReached = goal === undefined || betterBy(benchmark, own, goal) >= 1
  return {
    result: {
      name,
      ours: rounded(own),
      peer: alone ? null : rounded(median(peer)),
      unit,
      ratio,
      target,
      ok: isReached && (target === null || (ratio ?? 0) >= target),
      ...(goal !== undefined && { goal }),
      ...timesOf(samples),
    },
    better: benchmark.better,
    spread: {
      ours: spread(ours),
      peer: alone ? null : spread(peer),
      ratio: ratio === null ? null : spread(ratios),
    },
  }
}

/** Above 1: better. */
function betterBy({ better }: Benchmark, value: number, other: number): number {
  return better === 'more' ? value / other : other / value
}

function timesOf({ ours, peer }: Record<Side, Sample[]>): Partial<Result> {
  const [own, other] = [ours, peer].map(some => some.flatMap(({ times }) => times)) as [number[], number[]]
  return {
    ...(own.length > 0 && { p50: rounded(median(own)), p99: rounded(quantile(own, 0.99)) }),
    ...(other.length > 0 && { peerP50: rounded(median(other)), peerP99: rounded(quantile(other, 0.99)) }),
  }
}
