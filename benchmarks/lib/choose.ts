import { distance } from 'fastest-levenshtein'
import type { Benchmark } from './benchmark.ts'

/** A name that no benchmark has; the message names close ones. */
export class UnknownBenchmarkError extends Error {
  override readonly name = 'UnknownBenchmarkError'
}

/** The benchmarks of these names or groups in the order in which they run; without a name all. @throws UnknownBenchmarkError */
export function chooseBenchmarks(all: readonly Benchmark[], wanted: readonly string[]): readonly Benchmark[] {
  const names = [...new Set(all.flatMap(({ name, group = name }) => [name, group]))]
  for (const name of wanted) {
    if (names.includes(name)) continue
    const close = names.filter(known => known.startsWith(name) || isClose(name, known))
    const advice =
      close.length > 0 ? `Did you mean ${close.join(', or ')}?` : `There are: ${names.join(', ')}.`
    throw new UnknownBenchmarkError(`There is no benchmark '${name}'. ${advice}`)
  }
  if (wanted.length === 0) return all
  return all.filter(({ name, group = name }) => wanted.includes(name) || wanted.includes(group))
}

function isClose(name: string, known: string): boolean {
  return distance(name, known) <= Math.max(2, Math.floor(name.length / 3))
}
