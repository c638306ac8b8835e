import { join } from 'node:path'
import type { Benchmark, Result } from './benchmark.ts'

/** One whole run, that the README tells of: results of several would hide what the machine did to each. */
export interface Recording {
  /** Versions of what was measured, system, processor, how busy it was before, and the day. */
  setup: string
  results: Result[]
}

export const resultsFile = join(import.meta.dir, '../results.json')
export const readmeFile = join(import.meta.dir, '../../packages/elysia-dapr/README.md')

/** The command that measures again, and writes down what came out. */
export const recordCommand = 'bun benchmarks/record.ts'

const [start, end] = ['<!-- benchmarks -->', '<!-- /benchmarks -->']
const numbers = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** The table of the README. */
export function tableOf(benchmarks: readonly Benchmark[], { setup, results }: Recording): string {
  const rows = results.map(({ name, ours, peer, unit, ratio, target, ok }) => {
    const about = benchmarks.find(benchmark => benchmark.name === name)?.about ?? name
    const cells = [`\`${name}\`: ${about}`, ...[ours, peer].map(value => `${numbers.format(value)} ${unit}`)]
    const aim = target === null ? '' : `≥ ${target}${ok ? '' : ' (missed)'}`
    return `| ${[...cells, numbers.format(ratio), aim].join(' | ')} |`
  })
  return [
    '| | ours | peer | ratio | target |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'More of the ratio is better: 2 is twice as fast, or half of the time, memory or size. All are medians of one run in',
    'which both sides took turns. The ratio is the median of the ratios of two measurements beside each other, and so not',
    'the quotient of the two medians.',
    '',
    `${setup}.`,
  ].join('\n')
}

/** A document with another table between its marks; undefined when it has no marks. */
export function withTable(document: string, table: string): string | undefined {
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from === -1 || to < from) return undefined
  return `${document.slice(0, from + start.length)}\n\n${table}\n\n${document.slice(to)}`
}
