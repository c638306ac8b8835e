import { DaprError, ETagMismatchError } from '../errors.ts'
import { readBody, toDaprError } from './sidecar.ts'
import type { Change } from './state.ts'

/** One write as daprd reads it, alone or in a transaction. */
export function toRequest(change: Change<unknown>, consistency?: string): object {
  const { key, etag, metadata } = change
  const write = change.operation === 'upsert' ? change : undefined
  if (write && write.value === undefined) {
    throw new TypeError(`undefined cannot be the value of ${key}: JSON has no such value`)
  }
  const concurrency = etag !== undefined || write?.ifAbsent ? 'first-write' : undefined
  if (write?.ttl !== undefined && !(Number.isInteger(write.ttl) && (write.ttl > 0 || write.ttl === -1))) {
    throw new TypeError(`${write.ttl} is no time to live: it is a positive integer, in seconds, or -1`)
  }
  const ttl = write?.ttl === undefined ? undefined : { ttlInSeconds: String(write.ttl) }
  return {
    key,
    ...(write && { value: write.value }),
    etag,
    options: { concurrency, consistency },
    metadata: { ...metadata, ...ttl },
  }
}

/** @throws ETagMismatchError, DaprError */
export async function assertWritten(answer: Response, action: string): Promise<void> {
  if (answer.ok) return
  const error = await toDaprError(answer, action)
  const { code, body, message } = error
  // A transaction has one status for whatever goes wrong, and tells what only in its text; so has state.redis.
  if (answer.status === 409 || (answer.status === 500 && mismatch.test(message))) {
    throw new ETagMismatchError(message, { status: 409, code, body })
  }
  if (message.includes('invalid etag value')) throw new DaprError(message, { status: 400, code, body })
  throw error
}

const mismatch = /possible etag mismatch|: failed to (set key|delete) /

interface BulkItem {
  key: string
  data?: unknown
  etag?: string
  error?: string
}

export async function readItems(answer: Response, store: string): Promise<BulkItem[]> {
  const items = await readBody(answer)
  if (Array.isArray(items)) return items
  throw new DaprError(`the answer for ${store} is no list`, { status: 502, code: 'BAD_ANSWER', body: items })
}
