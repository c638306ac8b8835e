/** An event that came to a consumer: the so-many-th of its key. */
export interface Arrival {
  key: string
  number: number
  /** Milliseconds on one clock. */
  sentAt: number
  at: number
}

/** Of events that came several times, the first time each. */
export function firstOfEach(arrivals: readonly Arrival[]): Arrival[] {
  const seen = new Set<string>()
  return arrivals.filter(({ key, number }) => {
    const isNew = !seen.has(`${key} ${number}`)
    seen.add(`${key} ${number}`)
    return isNew
  })
}

/** How many events came, for the first time, after a later one of their key. */
export function inversions(arrivals: readonly Arrival[]): number {
  const last = new Map<string, number>()
  return firstOfEach(arrivals).filter(({ key, number }) => {
    const highest = last.get(key) ?? 0
    last.set(key, Math.max(highest, number))
    return number < highest
  }).length
}

/** The events of these keys that never came, as `key number`. */
export function missing(
  arrivals: readonly Arrival[],
  { keys, numbers }: { keys: readonly string[]; numbers: number },
): string[] {
  const came = new Set(arrivals.map(({ key, number }) => `${key} ${number}`))
  return keys
    .flatMap(key => Array.from({ length: numbers }, (_, index) => `${key} ${index + 1}`))
    .filter(name => !came.has(name))
}
