import type { Buffer } from 'node:buffer'

interface Waiter {
  receive(data: string | undefined): void
  /** Whether the sidecar may take the waiter's timer away when an event of the name comes. */
  hasEventTimer: boolean
}

/** External events, by name without regard to case: each goes to the step that has waited longest, or is kept. */
export class Inbox {
  readonly #waiting = new Map<string, Set<Waiter>>()
  readonly #kept = new Map<string, { data: string | undefined; raw: Buffer }[]>()

  deliver(name: string, data: string | undefined, raw: Buffer): void {
    const key = name.toLowerCase()
    const waiting = this.#waiting.get(key)
    const [first] = waiting ?? []
    if (waiting && first) {
      waiting.delete(first)
      first.receive(data)
    } else {
      const kept = this.#kept.get(key)
      if (kept) kept.push({ data, raw })
      else this.#kept.set(key, [{ data, raw }])
    }
  }

  /** An event that is kept, or undefined. */
  take(name: string): { data: string | undefined } | undefined {
    return this.#kept.get(name.toLowerCase())?.shift()
  }

  wait(name: string, waiter: Waiter): void {
    const key = name.toLowerCase()
    const waiting = this.#waiting.get(key)
    if (waiting) waiting.add(waiter)
    else this.#waiting.set(key, new Set([waiter]))
  }

  giveUp(name: string, waiter: Waiter): void {
    this.#waiting.get(name.toLowerCase())?.delete(waiter)
  }

  /**
   * When an event comes, the sidecar removes the oldest timer that bears its name. That is the one of the step which
   * gets the event only if all that wait have such a timer.
   */
  allHaveEventTimers(name: string): boolean {
    for (const waiter of this.#waiting.get(name.toLowerCase()) ?? []) {
      if (!waiter.hasEventTimer) return false
    }
    return true
  }

  /** The events that were kept and not taken, as they came. */
  unread(): Buffer[] {
    return [...this.#kept.values()].flatMap(events => events.map(event => event.raw))
  }
}
