/**
 * Parts a list so that no part has two of one key, and those of one key are in their order: what is in one part may
 * be published side by side.
 */
export function wavesOf<Row extends { key: string }>(rows: readonly Row[]): Row[][] {
  const waves: Row[][] = []
  const seen = new Map<string, number>()
  for (const row of rows) {
    const number = seen.get(row.key) ?? 0
    seen.set(row.key, number + 1)
    const wave = waves[number]
    if (wave) wave.push(row)
    else waves.push([row])
  }
  return waves
}
