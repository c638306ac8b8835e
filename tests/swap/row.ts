import type { World } from './world.ts'

/** What a row has seen when all went as it should. */
export interface Seen {
  /** The cell of the table, in a few words. */
  words: string
  /** What was measured, by name with its unit: `medianMs`. */
  values?: Record<string, number>
}

/** One line of the table: something a shop does, whatever its components are. */
export interface Row {
  /** Names the row in what is recorded. */
  id: string
  /** What is done or measured, as the table says it. */
  title: string
  /** Longest time, in seconds. @default 60 */
  limit?: number
  /** @throws Error with what was seen instead */
  run(world: World): Promise<Seen>
}

/** Rows under one heading of the table. */
export interface Group {
  title: string
  rows: Row[]
}

/** What came of a row on a set of components. */
export interface Outcome {
  set: string
  row: string
  ok: boolean
  /** What was seen, or the reason of the failure. */
  seen: string
  values?: Record<string, number>
  /** How long it took. */
  seconds: number
}

/** What was found wrong, as the failure of a row; nothing: it passes. */
export function assertNone(wrong: readonly string[]): void {
  const [first] = wrong
  if (first === undefined) return
  throw new Error(wrong.length === 1 ? first : `${first}; and ${wrong.length - 1} more`)
}
