import { cpus, platform } from 'node:os'
import { join } from 'node:path'
import { PINNED } from '../../dapr/install/versions.ts'
import { withSection } from '../../scripts/docs/section.ts'
import type { Outcome } from './row.ts'
import { type Lines, renderMarkdown } from './table.ts'

/** What was last recorded of a set. */
export interface Recording {
  /** What it ran on, and the day. */
  setup: string
  outcomes: Outcome[]
}

export type Recordings = Record<string, Recording>

/** Relative to the root. */
export const resultsFile = 'tests/swap/results.json'

export const recordCommand = 'bun run test:swap --record'

export async function readRecordings(root: string): Promise<Recordings | undefined> {
  const file = Bun.file(join(root, resultsFile))
  return (await file.exists()) ? await file.json() : undefined
}

/** The part of the README that is generated from what was recorded. */
export function sectionOf(lines: Lines, recordings: Recordings): string {
  const sets = Object.fromEntries(Object.entries(recordings).map(([set, { outcomes }]) => [set, outcomes]))
  const setups = Map.groupBy(Object.entries(recordings), ([, { setup }]) => setup)
  const notes = [...setups].map(([setup, of]) =>
    setups.size === 1 ? `${setup}.` : `${of.map(([set]) => set).join(', ')}: ${setup}.`,
  )
  return `${renderMarkdown(lines, sets)}\n\n${notes.join('\n')}`
}

export function withTable(readme: string, lines: Lines, recordings: Recordings): string {
  return withSection(readme, 'swap', sectionOf(lines, recordings))
}

/**
 * Writes down what sets came to, in place of what was recorded of them before, and into the README. What is recorded of
 * a set whose folder is gone goes too.
 */
export async function record(
  root: string,
  lines: Lines,
  { sets, runs }: { sets: readonly string[]; runs: readonly Outcome[][] },
): Promise<void> {
  const before = (await readRecordings(root)) ?? {}
  const now = Object.fromEntries(runs.map(outcomes => [outcomes[0]?.set ?? '', { setup: setUp(), outcomes }]))
  const all = { ...before, ...now }
  const kept = Object.fromEntries(sets.flatMap(set => (all[set] ? [[set, all[set]]] : [])))
  await Bun.write(join(root, resultsFile), `${JSON.stringify(kept, null, 2)}\n`)
  const readme = join(root, 'README.md')
  await Bun.write(readme, withTable(await Bun.file(readme).text(), lines, kept))
}

function setUp(): string {
  const cores = cpus()
  const machine = `${platform()} on ${cores.length} cores of ${cores[0]?.model}`
  return `daprd ${PINNED.dapr}, Bun ${Bun.version}; ${machine}; ${new Date().toISOString().slice(0, 10)}`
}
