/** How a person or the system asks the shop to end. */
export interface EndingSignals {
  /** Fires at the first SIGINT, SIGTERM or SIGHUP; its reason names the signal. */
  end: AbortSignal
  /** Fires at the second one: no more waiting. */
  hurry: AbortSignal
  /** Lets the signals have their usual effect again. */
  [Symbol.dispose]: () => void
}

/** What `end` is aborted with; not a failure. */
export class Ended extends Error {
  override name = 'Ended'
}

export function endingSignals(report: (line: string) => void): EndingSignals {
  const end = new AbortController()
  const hurry = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

  function onSignal(name: NodeJS.Signals) {
    if (end.signal.aborted) {
      hurry.abort()
      return
    }
    report(`${name}: stopping${name === 'SIGINT' ? ' (once more to hurry)' : ''}`)
    end.abort(new Ended(name))
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
