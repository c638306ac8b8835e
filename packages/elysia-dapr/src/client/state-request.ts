import { badAnswer, DaprError, ETagMismatchError } from '../errors.ts'
import { readBody, toDaprError } from './sidecar.ts'
import type { Change } from './state.ts'

/** One write as daprd reads it, alone or in a transaction. */
export function toRequest(change: Change<unknown>, consistency?: string): object {
  const { key, etag, metadata } = change
  const write = change.operation === 'upsert' ? change : undefined
  if (write && write.value === undefined) {
    throw new TypeError(`undefined cannot be the value of ${key}: JSON has no such value`)
  }
  const concurrency = isGuarded(change) ? 'first-write' : undefined
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

/** Whether a write is made on a condition. */
export function isGuarded(change: { etag?: string | undefined; ifAbsent?: boolean | undefined }): boolean {
  return change.etag !== undefined || change.ifAbsent === true
}

/**
 * What became of a write. The status says too little: a transaction has one for whatever goes wrong, and `state.redis`
 * takes everything that goes wrong while it compares for a mismatch, also a Redis that is away.
 * @throws ETagMismatchError, DaprError
 */
export async function assertWritten(answer: Response, action: string, guarded: boolean): Promise<void> {
  if (answer.ok) return
  const error = await toDaprError(answer, action)
  const { status, code, body, message } = error
  if (message.includes('invalid etag value')) throw new DaprError(message, { status: 400, code, body })
  if (status !== 409 && status !== 500) throw error
  if (refusedByRedis.test(message) || (isMismatch(status, message) && !unavailable.test(message))) {
    // Redis refuses a write without a condition as well, of what was saved with one before.
    throw new (guarded ? ETagMismatchError : DaprError)(message, { status: 409, code, body })
  }
  throw new DaprError(message, { status: 500, code, body })
}

function isMismatch(status: number, message: string): boolean {
  return status === 409 || message.includes('possible etag mismatch')
}

const refusedByRedis = /user_script: ?\d+: failed to (set key|delete) /

/** That a store cannot be reached, or says that it takes no writes now. */
const unavailable =
  /: (dial|read|write) (tcp|unix)|: (EOF|unexpected EOF)$|i\/o timeout|context (deadline exceeded|canceled)|connection (refused|reset|pool timeout)|broken pipe|[ -](READONLY|LOADING|OOM|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM) /

interface BulkItem {
  key: string
  data?: unknown
  etag?: string
  error?: string
}

export async function readItems(answer: Response, store: string): Promise<BulkItem[]> {
  const items = await readBody(answer)
  if (Array.isArray(items)) return items
  throw new DaprError(`the answer for ${store} is no list`, badAnswer(answer, items))
}
