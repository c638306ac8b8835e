/**
 * Whom a change breaks. `writers`: what was made for the published schema need not fit the new one. `readers`: what is
 * made for the new schema need not fit the published one, or lacks what its readers were promised.
 */
export type Broken = 'readers' | 'writers'

/** One difference between two schemas that breaks somebody. */
export interface Change {
  /** Where, as in `lines[].quantity`; empty for the schema itself. */
  path: string
  /** What happened to it, as in `was removed`. */
  what: string
  breaks: Broken[]
}

export function change(path: string, what: string, ...breaks: Broken[]): Change {
  return { path, what, breaks }
}

export function breaks(changes: readonly Change[], broken: Broken): boolean {
  return changes.some(({ breaks }) => breaks.includes(broken))
}

export function inside(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
