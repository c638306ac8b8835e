/**
 * What went wrong in a call to or through the sidecar. Every call of this package rejects with this family, except
 * for arguments that no request can be made of: those are a TypeError, which no retry helps.
 */
export class DaprError extends Error {
  override readonly name: string = 'DaprError'
  /**
   * HTTP status that was answered; 0 when there was no answer. Where daprd is known to say another one than fits, the
   * one that fits, such as 409 for a mismatch and 413 for a body beyond its limit.
   */
  readonly status: number
  /**
   * Dapr's `errorCode` (https://docs.dapr.io/reference/errors/), or one of this package: `UNREACHABLE`, `TIMEOUT`,
   * `ABORTED`, `BAD_ANSWER`, `BODY_TOO_LARGE`, and those that a function names.
   */
  readonly code: string
  /** Parsed body of the answer, if any. */
  readonly body: unknown
  /**
   * Whether the same call may succeed later: no answer, a time-out, 408, 425, 429 and 5xx but 501 and 505. Not after a
   * success whose answer is of no use (`BAD_ANSWER`, `SCHEMA_MISMATCH`): what was to be done may be done.
   */
  readonly retryable: boolean

  constructor(message: string, { status = 0, code, body, cause, retryable }: DaprErrorDetails) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.body = body
    this.retryable = retryable ?? (code !== 'ABORTED' && isRetryable(status))
  }
}

/** What a DaprError is made of. */
export interface DaprErrorDetails {
  /** @default 0 */
  status?: number | undefined
  code: string
  body?: unknown
  cause?: unknown
  /** @default as the status says */
  retryable?: boolean | undefined
}

/** A service answered with an error, or could not be reached through the sidecar. */
export class InvokeError extends DaprError {
  override readonly name = 'InvokeError'
  readonly appId: string
  /** Method and path pattern, as in `GET /orders/:id`. */
  readonly operation: string
  /** Whether the answer is one of the failures that the endpoint declares. */
  readonly expected: boolean

  constructor(appId: string, operation: string, details: DaprErrorDetails & { expected?: boolean }) {
    const { status = 0, code } = details
    super(`${operation} of ${appId} failed: ${status < 300 ? code : status}`, details)
    this.appId = appId
    this.operation = operation
    this.expected = details.expected ?? false
  }
}

/** The stored value is no longer the one that the ETag names: read it again and decide anew. */
export class ETagMismatchError extends DaprError {
  override readonly name = 'ETagMismatchError'
}

/** Some of the keys of `getBulk` could not be read; worth a retry when that holds for each of them. */
export class BulkGetError<Entry = unknown> extends DaprError {
  override readonly name = 'BulkGetError'
  /** What was read. */
  readonly entries: ReadonlyMap<string, Entry>
  /** What went wrong, for each key. */
  readonly failures: ReadonlyMap<string, DaprError>

  constructor(store: string, entries: ReadonlyMap<string, Entry>, failures: ReadonlyMap<string, DaprError>) {
    const errors = [...failures.values()]
    super(`${failures.size} keys of ${store} could not be read, among them: ${errors[0]?.message}`, {
      status: errors[0]?.status,
      code: 'BULK_GET_FAILED',
      retryable: errors.every(({ retryable }) => retryable),
    })
    this.entries = entries
    this.failures = failures
  }
}

/** Some entries of `publishBulk` were not published; the others were. */
export class BulkPublishError extends DaprError {
  override readonly name = 'BulkPublishError'
  /** What was not published, by its place among the entries, and what the broker said of it. */
  readonly failed: readonly { index: number; error: string }[]

  constructor(topic: string, failed: BulkPublishError['failed'], { status, code, body }: DaprErrorDetails) {
    super(`${failed.length} events were not published to ${topic}: ${failed[0]?.error}`, {
      status,
      code,
      body,
    })
    this.failed = failed
  }
}

/** An output binding failed; whether a retry makes sense is judged by its own status, if it tells one. */
export class BindingError extends DaprError {
  override readonly name = 'BindingError'
  /** What the binding told beside, its names in lower case: `statuscode` and the headers of the answer for `bindings.http`. */
  readonly metadata: Readonly<Record<string, string>>

  constructor(message: string, details: DaprErrorDetails, metadata: Readonly<Record<string, string>>) {
    const status = Number(metadata.statuscode)
    super(message, { ...details, ...(status > 0 && { retryable: isRetryable(status) }) })
    this.metadata = metadata
  }
}

/**
 * The data were encrypted with another key, were changed since, or are no encrypted data. A key that cannot be asked for
 * now looks like another key to Dapr, so that one alone is `retryable`.
 */
export class DecryptError extends DaprError {
  override readonly name = 'DecryptError'
}

/**
 * The lock was no longer held when it was to be given back: its time was over, or it is held by somebody else now.
 * What was done under it may not have been done alone.
 */
export class LockLostError extends DaprError {
  override readonly name = 'LockLostError'
}

/** Of a success that says something else than it should. */
export function badAnswer({ status }: { status: number }, body?: unknown): DaprErrorDetails {
  return { status, code: 'BAD_ANSWER', body, retryable: false }
}

/** Of a success whose value does not fit its schema. */
export function schemaMismatch({ status }: { status: number }, body?: unknown): DaprErrorDetails {
  return { status, code: 'SCHEMA_MISMATCH', body, retryable: false }
}

function isRetryable(status: number): boolean {
  if (status === 501 || status === 505) return false
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500
}
