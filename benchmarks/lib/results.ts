import { join } from 'node:path'
import sdk from '@dapr/dapr/package.json' with { type: 'json' }
import elysia from 'elysia/package.json' with { type: 'json' }
import { PINNED } from '../../dapr/install/versions.ts'
import type { Benchmark, Result } from './benchmark.ts'

/** A run that the README tells of. */
export interface Recording {
  /** Versions of Bun and Node, system, processor, and how busy it was before. */
  machine: string
  results: Result[]
}

export const resultsFile = join(import.meta.dir, '../results.json')
export const readmeFile = join(import.meta.dir, '../../packages/elysia-dapr/README.md')

/** The command that measures again, and writes down what came out. */
export const recordCommand = 'bun benchmarks/record.ts'

const [start, end] = ['<!-- benchmarks -->', '<!-- /benchmarks -->']
const numbers = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** The table of the README. */
export function tableOf(benchmarks: readonly Benchmark[], { machine, results }: Recording): string {
  const rows = results.map(({ name, ours, peer, unit, ratio, target }) => {
    const about = benchmarks.find(benchmark => benchmark.name === name)?.about ?? name
    const cells = [`\`${name}\`: ${about}`, ...[ours, peer].map(value => `${numbers.format(value)} ${unit}`)]
    return `| ${[...cells, numbers.format(ratio), target === null ? '' : `≥ ${target}`].join(' | ')} |`
  })
  return [
    '| | ours | peer | ratio | target |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `More of the ratio is better. Medians of one run in which both sides took turns: elysia ${elysia.version},`,
    `@dapr/dapr ${sdk.version}, daprd ${PINNED.dapr}, ${machine}.`,
  ].join('\n')
}

/** A document with another table between its marks; undefined when it has no marks. */
export function withTable(document: string, table: string): string | undefined {
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from === -1 || to < from) return undefined
  return `${document.slice(0, from + start.length)}\n\n${table}\n\n${document.slice(to)}`
}
