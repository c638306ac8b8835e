export interface Progress {
  /** Shows where the work is. */
  at(benchmark: string, round: string): void
  /** Takes away what would stand in front of other output. */
  clear(): void
}

/** On standard error: on a terminal one line that changes, otherwise a line for each benchmark. */
export function startProgress(of: number): Progress {
  const { stderr } = process
  const seen = new Set<string>()
  return {
    at(benchmark, round) {
      const isNew = !seen.has(benchmark)
      seen.add(benchmark)
      const text = `${seen.size}/${of} ${benchmark}`
      if (stderr.isTTY) stderr.write(`\r\x1b[K${text}, ${round}`)
      else if (isNew) stderr.write(`${text}\n`)
    },
    clear() {
      if (stderr.isTTY) stderr.write('\r\x1b[K')
    },
  }
}
