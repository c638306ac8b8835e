/** What a handler returns to give something up: it is not tried again. */
export interface Drop {
  readonly drop: string
}

/** What a handler returns to be called again later; the same as throwing, without an error. */
export interface Retry {
  readonly retry: string
}

/** How a handler ends: nothing acknowledges. */
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
