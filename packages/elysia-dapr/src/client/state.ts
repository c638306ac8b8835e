import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { DaprError, ETagMismatchError } from '../errors.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar, toDaprError } from './sidecar.ts'

export interface Entry<Value> {
  value: Value
  /** Version of the stored value; pass it to `save` or `delete` to change exactly this version. */
  etag: string
}

export interface WriteOptions extends CallOptions {
  /** Only write when this is still the stored version. */
  etag?: string
  /** Only write when there is no value yet. */
  ifAbsent?: boolean
  /** Seconds until the value disappears. @default never */
  ttl?: number
}

export interface StateStore<Value> {
  /** @throws DaprError, also when the stored value does not fit the schema */
  get(key: string, options?: CallOptions): Promise<Entry<Value> | undefined>
  /** @throws ETagMismatchError when `etag` or `ifAbsent` does not hold, DaprError */
  save(key: string, value: Value, options?: WriteOptions): Promise<void>
  /** Deleting what is not there succeeds. @throws ETagMismatchError, DaprError */
  delete(key: string, options?: Pick<WriteOptions, 'etag' | keyof CallOptions>): Promise<void>
}

/**
 * A Dapr state store whose values have one schema.
 * @throws TypeError for a store, and in its calls for a key, that does not fit into a URL; for a value that JSON cannot hold
 * Source: https://docs.dapr.io/reference/api/state_api/
 */
export function stateStore<Schema extends TSchema>(
  sidecar: Sidecar,
  store: string,
  schema: Schema,
): StateStore<Static<Schema>> {
  const check = TypeCompiler.Compile(schema)
  const base = `/v1.0/state/${segment('a state store', store)}`
  const pathOf = (key: string) => `${base}/${segment('a key', key)}`

  return {
    async get(key, options) {
      const answer = await sidecar.request(pathOf(key), {}, options)
      if (answer.status === 204) return undefined
      await assertOk(answer, `read ${key} from ${store}`)
      const value = await readBody(answer)
      if (!check.Check(value)) {
        const [problem] = check.Errors(value)
        throw new DaprError(`${key} in ${store} does not fit its schema at ${problem?.path || '/'}`, {
          status: 422,
          code: 'SCHEMA_MISMATCH',
        })
      }
      return { value, etag: answer.headers.get('etag') ?? '' }
    },

    async save(key, value, { etag, ifAbsent, ttl, ...call } = {}) {
      // A key that no other call could name.
      pathOf(key)
      const guarded = etag !== undefined || ifAbsent
      const entry = {
        key,
        value,
        ...(etag !== undefined && { etag }),
        ...(guarded && { options: { concurrency: 'first-write' } }),
        ...(ttl !== undefined && { metadata: { ttlInSeconds: String(ttl) } }),
      }
      const init = { method: 'POST', headers: jsonHeaders, body: JSON.stringify([entry]) }
      await assertWritten(await sidecar.request(base, init, call), `save ${key} in ${store}`)
    },

    async delete(key, { etag, ...call } = {}) {
      const init = { method: 'DELETE', ...(etag !== undefined && { headers: { 'if-match': etag } }) }
      const query = etag === undefined ? '' : '?concurrency=first-write'
      const answer = await sidecar.request(`${pathOf(key)}${query}`, init, call)
      await assertWritten(answer, `delete ${key} from ${store}`)
    },
  }
}

const jsonHeaders = { 'content-type': 'application/json' }

async function assertWritten(answer: Response, action: string): Promise<void> {
  if (answer.ok) return
  const error = await toDaprError(answer, action)
  if (answer.status !== 409) throw error
  throw new ETagMismatchError(error.message, { status: 409, code: error.code, body: error.body })
}
