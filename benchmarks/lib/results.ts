import { join } from 'node:path'
import { libraryBenchmarks, shopBenchmarks, sidecarBenchmarks } from '../all.ts'
import type { Benchmark, Result } from './benchmark.ts'
import { aimOf, timesOf } from './words.ts'

/** One whole run, that a document tells of: results of several would hide what the machine did to each. */
export interface Recording {
  /** Versions of what was measured, system, processor, how busy it was before, and the day. */
  setup: string
  results: Result[]
}

/** What is recorded together, and the document that has its table. */
export const parts = {
  library: { benchmarks: libraryBenchmarks, document: documentAt('packages/elysia-dapr/README.md') },
  shop: { benchmarks: shopBenchmarks, document: documentAt('docs/benchmarks.md') },
  sidecar: { benchmarks: sidecarBenchmarks, document: documentAt('docs/sidecar.md') },
}
export type Part = keyof typeof parts

export const resultsFile = join(import.meta.dir, '../results.json')
export type Recordings = Record<Part, Recording>

/** The command that measures again, and writes down what came out. */
export const recordCommand = (part: Part) => `bun benchmarks/record.ts ${part}`

const [start, end] = ['<!-- benchmarks -->', '<!-- /benchmarks -->']
const numbers = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** The table of a document. */
export function tableOf(benchmarks: readonly Benchmark[], { setup, results }: Recording): string {
  const rows = results.map(result => {
    const { name, ours, peer, unit, ratio, p50, p99, peerP50, peerP99, ok } = result
    const benchmark = benchmarks.find(benchmark => benchmark.name === name)
    const aim = `${aimOf(result, benchmark?.better)}${ok ? '' : ' (missed)'}`
    const cells = [
      `\`${name}\`: ${benchmark?.about ?? name}`,
      [`${numbers.format(ours)} ${unit}`, timesOf(p50, p99, numbers)].filter(Boolean).join('; '),
      peer === null
        ? ''
        : [`${numbers.format(peer)} ${unit}`, timesOf(peerP50, peerP99, numbers)].filter(Boolean).join('; '),
      peer === null || ratio === null ? '' : numbers.format(ratio),
      aim,
    ]
    return `| ${cells.join(' | ')} |`
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

function documentAt(path: string): string {
  return join(import.meta.dir, '../..', path)
}

/** A document with another table between its marks; undefined when it has no marks. */
export function withTable(document: string, table: string): string | undefined {
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from === -1 || to < from) return undefined
  return `${document.slice(0, from + start.length)}\n\n${table}\n\n${document.slice(to)}`
}
