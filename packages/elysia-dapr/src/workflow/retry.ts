import { StepError } from './errors.ts'

/** When a failed activity or child workflow is tried again. The pauses are durable timers of the workflow. */
export interface RetryPolicy {
  /** Attempts in all, with the first. @default 5 */
  maxAttempts?: number
  /** Pause before the second attempt, in milliseconds. @default 1_000 */
  firstInterval?: number
  /** What each pause is multiplied by for the next. @default 2 */
  backoff?: number
  /** Longest pause, in milliseconds. @default 60_000 */
  maxInterval?: number
  /** Milliseconds after the first attempt was scheduled in which another may start. @default no limit */
  timeout?: number
  /** Whether an error is worth another attempt; must depend on nothing but the error. @default always */
  retryIf?: (error: StepError) => boolean
}

/**
 * Milliseconds until the next attempt; `undefined` when there is none. An error that says of itself that a retry
 * makes no sense is never retried.
 */
export function retryDelay(
  {
    maxAttempts = 5,
    firstInterval = 1_000,
    backoff = 2,
    maxInterval = 60_000,
    timeout,
    retryIf,
  }: RetryPolicy,
  error: unknown,
  /** How many attempts there were, and milliseconds since the first. */
  { attempts, elapsed }: { attempts: number; elapsed: number },
): number | undefined {
  if (!(error instanceof StepError) || !error.retryable || attempts >= maxAttempts) return undefined
  if (retryIf && !retryIf(error)) return undefined
  const delay = Math.min(firstInterval * backoff ** (attempts - 1), maxInterval)
  return timeout !== undefined && elapsed + delay > timeout ? undefined : delay
}
