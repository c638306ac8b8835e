/** How a person or the system asks the shop to end. */
export interface EndingSignals {
  /** Fires at the first SIGINT, SIGTERM or SIGHUP; its reason names the signal. */
  end: AbortSignal
  /** Fires at a later SIGINT: no more waiting. */
  hurry: AbortSignal
  /** Lets the signals have their usual effect again. */
  [Symbol.dispose]: () => void
}

export interface EndingOptions {
  /** Milliseconds on a steady clock. @default performance.now */
  now?: () => number
}

/** What `end` is aborted with; not a failure. */
export class Ended extends Error {
  override name = 'Ended'
}

// One Ctrl-C arrives more than once: the terminal signals the whole group, and `bun run`, npx or timeout pass their
// copy on. A person who means it again presses it later than that.
const copiesWithin = 1000

/** SIGTERM and SIGHUP only ever ask for an orderly end, however often: only a person at a terminal is in a hurry. */
export function endingSignals(
  report: (line: string) => void,
  { now = () => performance.now() }: EndingOptions = {},
): EndingSignals {
  const end = new AbortController()
  const hurry = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let endedAt = 0

  function onSignal(name: NodeJS.Signals) {
    if (!end.signal.aborted) {
      endedAt = now()
      report(`${name}: stopping${name === 'SIGINT' ? ' (once more to hurry)' : ''}`)
      end.abort(new Ended(name))
    } else if (name === 'SIGINT' && now() - endedAt > copiesWithin) {
      hurry.abort()
    }
  }
  for (const name of signals) process.on(name, onSignal)
  return {
    end: end.signal,
    hurry: hurry.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}

/** Rejects with the signal's reason; never resolves. */
export function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal.aborted) reject(signal.reason)
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  promise.catch(() => {})
  return promise
}
