import type { Handled, Outcome } from './outcome.ts'

export interface TimeLimit {
  /** In milliseconds. */
  timeout: number | undefined
  onTimeout: 'retry' | 'drop'
}

/** What a handler returns, or the outcome of a time-out, which is the same for everything that it handles. */
export type InTime<Result> =
  | { result: Result; late?: undefined }
  | { result?: undefined; late: Exclude<Outcome, undefined> }

/**
 * Runs a handler for as long as it may take. Its signal is aborted at the time-out, and when daprd no longer waits for
 * the answer; what it does after a time-out counts for nothing.
 */
export async function handleInTime<Result>(
  run: (signal: () => AbortSignal) => Handled<Result>,
  request: Request,
  { timeout, onTimeout }: TimeLimit,
): Promise<InTime<Result | undefined>> {
  if (timeout === undefined) return { result: (await run(() => request.signal)) as Result | undefined }
  let signal: AbortSignal | undefined
  const reason = `not handled within ${timeout} ms`
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<InTime<never>>(resolve => {
    timer = setTimeout(() => {
      abort.abort(new DOMException(reason, 'TimeoutError'))
      resolve({ late: onTimeout === 'drop' ? { drop: reason } : { retry: reason } })
    }, timeout)
  })
  try {
    const handled = Promise.resolve(run(() => (signal ??= AbortSignal.any([request.signal, abort.signal]))))
    return await Promise.race([late, handled.then(result => ({ result: result as Result | undefined }))])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws TypeError for a timeout that is none */
export function assertTimeout(what: string, timeout: number | undefined): void {
  if (timeout === undefined || (timeout > 0 && timeout <= longestTimer)) return
  throw new TypeError(`${timeout} is no timeout of ${what}: it has to be between 0 and ${longestTimer} ms`)
}

/** What a timer can hold: a longer one is due at once. */
const longestTimer = 2 ** 31 - 1
