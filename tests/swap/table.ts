import { renderTable } from '../../benchmarks/lib/table.ts'
import type { Outcome } from './row.ts'

/** The lines of a table under their headings, by id. */
export type Lines = readonly { title: string; rows: readonly { id: string; title: string }[] }[]

/** A set that could not be run here, and why. */
export interface Absence {
  set: string
  missing: string
}

export type SetResult = Outcome[] | Absence

/** For people: sets as columns, rows of the suite as lines, below them what failed and why. */
export function renderText(lines: Lines, results: readonly SetResult[]): string {
  const ran = results.filter(isRun).filter(outcomes => outcomes.length > 0)
  const cells = lines.flatMap(({ rows }) =>
    rows.map(({ id, title }) => [
      title,
      ...ran.map(outcomes => {
        const found = outcomes.find(({ row }) => row === id)
        return found === undefined ? '–' : found.ok ? found.seen : 'FAILED'
      }),
    ]),
  )
  const failed = ran.flat().filter(({ ok }) => !ok)
  const parts = [
    ran.length > 0 && renderTable([['', ...ran.map(outcomes => outcomes[0]?.set ?? '')], ...cells]),
    failed.map(({ set, row, seen }) => `${set}, ${row} FAILED: ${seen}`).join('\n'),
    results
      .flatMap(result => (isRun(result) ? [] : [`${result.set} was not run: ${result.missing}`]))
      .join('\n'),
  ]
  return parts.filter(Boolean).join('\n\n')
}

/** For documents, in Markdown. A cross marks what failed; a dash what was not run. */
export function renderMarkdown(lines: Lines, sets: Record<string, readonly Outcome[]>): string {
  const names = Object.keys(sets)
  const row = (cells: string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    row(['', ...names.map(name => `[${name}](components/${name})`)]),
    `|${'---|'.repeat(names.length + 1)}`,
    ...lines.flatMap(({ title, rows }) => [
      row([`**${title}**`, ...names.map(() => '')]),
      ...rows.map(({ id, title }) =>
        row([
          title,
          ...names.map(name => {
            const found = sets[name]?.find(outcome => outcome.row === id)
            return found === undefined ? '–' : found.ok ? found.seen : `✗ ${found.seen}`
          }),
        ]),
      ),
    ]),
  ].join('\n')
}

export function isRun(result: SetResult): result is Outcome[] {
  return Array.isArray(result)
}

/** Where all has to run, as in CI, a set that cannot be started has failed. */
export function isGood(results: readonly SetResult[], { isCi }: { isCi: boolean }): boolean {
  return results.every(result => (isRun(result) ? result.every(({ ok }) => ok) : !isCi))
}
