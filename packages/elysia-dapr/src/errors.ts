/**
 * What went wrong in a call to or through the sidecar. Every call of this package rejects with this family, except
 * for arguments that no request can be made of: those are a TypeError, which no retry helps.
 */
export class DaprError extends Error {
  override readonly name: string = 'DaprError'
  /** HTTP status that was answered; 0 when there was no answer. */
  readonly status: number
  /** Dapr's `errorCode` (https://docs.dapr.io/reference/errors/), or `UNREACHABLE`, `TIMEOUT`, `ABORTED`, `BAD_ANSWER`. */
  readonly code: string
  /** Parsed body of the answer, if any. */
  readonly body: unknown
  /** Whether the same call may succeed later: no answer, a time-out, 408, 425, 429 and 5xx. */
  readonly retryable: boolean

  constructor(message: string, details: { status?: number; code: string; body?: unknown; cause?: unknown }) {
    super(message, { cause: details.cause })
    this.status = details.status ?? 0
    this.code = details.code
    this.body = details.body
    this.retryable = details.code !== 'ABORTED' && isRetryable(this.status)
  }
}

/** A service answered with an error, or could not be reached through the sidecar. */
export class InvokeError extends DaprError {
  override readonly name = 'InvokeError'
  readonly appId: string
  /** Method and path pattern, as in `GET /orders/:id`. */
  readonly operation: string
  /** Whether the answer is one of the failures that the endpoint declares. */
  readonly expected: boolean

  constructor(
    appId: string,
    operation: string,
    details: { status?: number; code: string; body?: unknown; cause?: unknown; expected?: boolean },
  ) {
    super(`${operation} of ${appId} failed: ${details.status || details.code}`, details)
    this.appId = appId
    this.operation = operation
    this.expected = details.expected ?? false
  }
}

/** The stored value is no longer the one that the ETag names: read it again and decide anew. */
export class ETagMismatchError extends DaprError {
  override readonly name = 'ETagMismatchError'
}

function isRetryable(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500
}
