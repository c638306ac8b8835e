/** What a layer, or the whole run, came to. */
export interface Tally {
  passed: number
  /** Names of the failed ones, for the list at the end. */
  failed: string[]
  skipped: { name: string; reason: string }[]
}

export function emptyTally(): Tally {
  return { passed: 0, failed: [], skipped: [] }
}

export function addTally(total: Tally, part: Tally): void {
  total.passed += part.passed
  total.failed.push(...part.failed)
  total.skipped.push(...part.skipped)
}

/** Milliseconds by layer, in the order of the run. */
export type Times = Map<string, number>

/** How long each layer took, e.g. `check 4.1 s, unit 20.3 s, shop 310.0 s`. */
export function timesLine(times: Times): string {
  return [...times].map(([layer, ms]) => `${layer} ${(ms / 1000).toFixed(1)} s`).join(', ')
}

/** The closing line of every run. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
  return `${passed} passed, ${failed.length} failed${tail}`
}
