import { join } from 'node:path'
import sdk from '@dapr/dapr/package.json' with { type: 'json' }
import { PINNED } from '../../dapr/install/versions.ts'
import type { Group } from './behaviour.ts'
import type { PeerName } from './subject.ts'

/** What was seen of either, by the id of the behaviour. */
export type Results = Record<string, Record<PeerName, string>>

export const resultsFile = join(import.meta.dir, 'results.json')
export const readmeFile = join(import.meta.dir, '../../packages/elysia-dapr/README.md')

/** The command that writes down what is seen now. */
export const recordCommand = 'bun tests/behaviours/record.ts'

const [start, end] = ['<!-- behaviours -->', '<!-- /behaviours -->']

/** The table of the README. A cross marks what is not as the library wants it. */
export function tableOf(groups: Group[], results: Results): string {
  const rows = groups.flatMap(({ title, behaviours }) => [
    `| **${title}** | | |`,
    ...behaviours.map(({ id, sentence, expected }) => {
      const cells = (['ours', 'sdk'] as const).map(name => {
        const seen = results[id]?.[name] ?? ''
        return `${seen === expected ? '✓' : '✗'} ${seen.replaceAll('|', '\\|')}`
      })
      return `| ${[sentence, ...cells].join(' | ')} |`
    }),
  ])
  return [
    `| | elysia-dapr | @dapr/dapr ${sdk.version} |`,
    '|---|---|---|',
    ...rows,
    '',
    `Each cell says what was seen through daprd ${PINNED.dapr} on Bun; a test fails when it is seen no more.`,
  ].join('\n')
}

/** A document with another table between its marks; undefined when it has no marks. */
export function withTable(document: string, table: string): string | undefined {
  const [from, to] = [document.indexOf(start), document.indexOf(end)]
  if (from === -1 || to < from) return undefined
  return `${document.slice(0, from + start.length)}\n\n${table}\n\n${document.slice(to)}`
}
