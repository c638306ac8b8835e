/** What a handler returns to give something up: it is not tried again. */
export interface Drop {
  readonly drop: string
}

/** What a handler returns to be called again later; the same as throwing, without an error. */
export interface Retry {
  readonly retry: string
}

/** How a handler ends: nothing acknowledges, and so does any other value. */
export type Outcome = Drop | Retry | undefined

/** What a handler may return: an outcome, or nothing at all, now or later. */
export type Handled<Result = Outcome> = Result | void | Promise<Result> | Promise<void>

/** Gives up for the stated reason: an event goes to the dead-letter topic, without a retry. */
export function drop(reason: string): Drop {
  return { drop: reason }
}

/** Asks for another attempt, for the stated reason. */
export function retry(reason: string): Retry {
  return { retry: reason }
}

/**
 * What a returned value means, the same everywhere: anything but a drop or a retry acknowledges, also what an untyped
 * call returned by mistake. A handler that returned has done its work.
 */
export function outcomeOf(returned: unknown): Outcome {
  if (typeof returned !== 'object' || returned === null) return undefined
  if ('drop' in returned && typeof returned.drop === 'string') return { drop: returned.drop }
  if ('retry' in returned && typeof returned.retry === 'string') return { retry: returned.retry }
  return undefined
}
