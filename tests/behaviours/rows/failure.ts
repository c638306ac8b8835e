import type { Outcome } from '../subjects/protocol.ts'

/** How the caller learns of a failure. */
export function failure(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'is never heard of'
  if ('rejected' in outcome) return 'rejects'
  return errorOf(outcome)
    ? 'resolves, with the error in a member'
    : `resolves with ${JSON.stringify(outcome.resolved)}`
}

/** The error that the caller gets, whichever way. */
export function errorOf(outcome: Outcome | undefined): Record<string, unknown> | undefined {
  if (outcome === undefined) return undefined
  if ('rejected' in outcome) return outcome.rejected
  const { error } = (outcome.resolved ?? {}) as { error?: Record<string, unknown> }
  return error
}
