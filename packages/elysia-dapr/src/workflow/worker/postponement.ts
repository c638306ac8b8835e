import { type Action, type HistoryEvent, toTimestamp } from './messages.ts'

/** Numbers that no step of a workflow gets. */
const firstId = 2 ** 30
/** In milliseconds. */
const pause = { first: 1_000, longest: 60_000 }

/** Milliseconds until something is tried again that this worker does not have; `times` says how often it was. */
export function postponement(times: number): number {
  return Math.min(pause.first * 2 ** times, pause.longest)
}

/**
 * Puts an instance off whose workflow this worker does not have: another one may have it, or the next. For that it
 * gets a timer which its own code never sees.
 *
 * Dapr's word for it, "version not available", serves worse in daprd 1.18: the instance takes no event and cannot be
 * terminated, it waits for the sidecar's last worker to leave, and is lost when it was new.
 */
export class Postponement {
  #created = 0
  #open = 0

  /** Whether an event of the history is one of this, and not of the workflow. */
  take({ id = 0, timerCreated, timerFired }: HistoryEvent): boolean {
    if (timerCreated && id >= firstId) {
      this.#created += 1
      this.#open += 1
      return true
    }
    if (timerFired && (timerFired.id ?? 0) >= firstId) {
      this.#open -= 1
      return true
    }
    return false
  }

  actions(now: Date): Action[] {
    if (this.#open > 0) return []
    const fireAt = toTimestamp(new Date(now.getTime() + postponement(this.#created)))
    return [{ id: firstId + this.#created, createTimer: { fireAt, ownTimer: {} } }]
  }
}
