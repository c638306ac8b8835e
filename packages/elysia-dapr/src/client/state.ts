import type { Static, TSchema } from '@sinclair/typebox'
import { BulkGetError, DaprError, schemaMismatch } from '../errors.ts'
import { compiled } from './compiled.ts'
import { type Metadata, toQuery } from './metadata-query.ts'
import { postJson } from './post-json.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, daprErrorOf, parseBody, requestText, type Sidecar } from './sidecar.ts'
import { assertWritten, isGuarded, readItems, toRequest } from './state-request.ts'

/** A stored value with its version. */
export interface Entry<Value> {
  value: Value
  /**
   * Version of the stored value; pass it to `save` or `delete` to change exactly this version. Empty for a store that
   * has none, and then the name of no version.
   */
  etag: string
}

/** How a store is read. */
export interface StateOptions extends CallOptions {
  /** How many replicas have to take part, for a store that has any. @default the store's */
  consistency?: 'eventual' | 'strong'
  /** Settings that the store defines, such as `partitionKey`. */
  metadata?: Metadata
}

interface Guard {
  /** Only when this is still the stored version. */
  etag?: string
}

interface Write extends Guard {
  /**
   * Only when there is no value yet. `state.redis` goes by it only when that value was saved with it as well, and
   * refuses such a value a change without its `etag` from then on (DaprError of status 409).
   */
  ifAbsent?: boolean
  /** Seconds until the value disappears, an integer; -1 for never. @default the store's: most keep it for ever */
  ttl?: number
}

/** How, and on what condition, a value is deleted. */
export interface DeleteOptions extends StateOptions, Guard {}

/** How, and on what condition, a value is written. */
export interface WriteOptions extends StateOptions, Write {}

/** One change of a transaction. */
export type Change<Value> =
  | ({ operation: 'upsert'; key: string; value: Value; metadata?: Metadata } & Write)
  | ({ operation: 'delete'; key: string; metadata?: Metadata } & Guard)

/** What `stateStore` gives: a store whose values have one type. */
export interface StateStore<Value> {
  /** @throws DaprError, also when the stored value does not fit the schema (`SCHEMA_MISMATCH`) */
  get(key: string, options?: StateOptions): Promise<Entry<Value> | undefined>
  /**
   * Reads many keys in one call; a key that is not there is not in the answer.
   * @throws BulkGetError when a key could not be read; it has those that could. DaprError
   */
  getBulk(
    keys: readonly string[],
    options?: Omit<StateOptions, 'consistency'>,
  ): Promise<Map<string, Entry<Value>>>
  /** @throws ETagMismatchError when `etag` or `ifAbsent` does not hold, DaprError */
  save(key: string, value: Value, options?: WriteOptions): Promise<void>
  /** Deleting what is not there succeeds, unless `etag` says that it is. @throws ETagMismatchError, DaprError */
  delete(key: string, options?: DeleteOptions): Promise<void>
  /**
   * Makes all the changes or none; `state.redis` makes the others when an ETag does not hold.
   * @throws ETagMismatchError when `etag` or `ifAbsent` of one of them does not hold; DaprError, also when the store
   * knows no transactions
   */
  transaction(changes: readonly Change<Value>[], options?: Omit<StateOptions, 'consistency'>): Promise<void>
}

/**
 * A Dapr state store whose values have one schema. A value is JSON; daprd keeps numbers as 64-bit floats, so an
 * integer beyond 2^53 is rounded on its way into the store: make it a string.
 * @throws TypeError for a store, and in its calls for a key, that does not fit into a URL; for a value that JSON cannot hold
 * Source: https://docs.dapr.io/reference/api/state_api/
 *
 * @example
 * const carts = stateStore(sidecar(), 'carts', Cart)
 * const entry = await carts.get('42')
 * await carts.save('42', add(entry?.value), entry ? { etag: entry.etag } : { ifAbsent: true })
 */
export function stateStore<Schema extends TSchema>(
  sidecar: Sidecar,
  store: string,
  schema: Schema,
): StateStore<Static<Schema>> {
  const check = compiled(schema)
  const base = `/v1.0/state/${segment('a state store', store)}`
  const pathOf = (key: string) => `${base}/${segment('a key', key)}`

  function valid(answer: { status: number }, key: string, value: unknown): Static<Schema> {
    if (check.Check(value)) return value
    const [problem] = check.Errors(value)
    const message = `${key} in ${store} does not fit its schema at ${problem?.path || '/'}`
    throw new DaprError(message, schemaMismatch(answer))
  }

  return {
    async get(key, options = {}) {
      const query = toQuery(options.metadata, { consistency: options.consistency })
      const answered = await requestText(sidecar, pathOf(key) + query, {}, options)
      const { answer, text } = answered
      if (answer.status === 204) return undefined
      if (!answer.ok) throw daprErrorOf(answered, `read ${key} from ${store}`)
      return { value: valid(answer, key, parseBody(text)), etag: answer.headers.get('etag') ?? '' }
    },

    async getBulk(keys, options = {}) {
      // A key that no other call could name; the same below.
      keys.forEach(pathOf)
      const answer = await assertOk(
        await postJson(sidecar, `${base}/bulk${toQuery(options.metadata)}`, { keys }, options),
        `read ${keys.length} keys from ${store}`,
      )
      const entries = new Map<string, Entry<Static<Schema>>>()
      const failures = new Map<string, DaprError>()
      for (const { key, data, etag = '', error } of await readItems(answer, store)) {
        try {
          if (error) throw new DaprError(`read ${key} from ${store}: ${error}`, unreadable)
          if (data !== undefined) entries.set(key, { value: valid(answer, key, data), etag })
        } catch (failure) {
          failures.set(key, failure as DaprError)
        }
      }
      if (failures.size > 0) throw new BulkGetError(store, entries, failures)
      return entries
    },

    async save(key, value, options = {}) {
      pathOf(key)
      const request = toRequest({ operation: 'upsert', key, value, ...options }, options.consistency)
      await assertWritten(
        await postJson(sidecar, base, [request], options),
        `save ${key} in ${store}`,
        isGuarded(options),
      )
    },

    async delete(key, { etag, ...options } = {}) {
      const init = { method: 'DELETE', ...(etag !== undefined && { headers: { 'if-match': etag } }) }
      const query = toQuery(options.metadata, {
        concurrency: etag === undefined ? undefined : 'first-write',
        consistency: options.consistency,
      })
      const answer = await sidecar.request(pathOf(key) + query, init, options)
      await assertWritten(answer, `delete ${key} from ${store}`, isGuarded({ etag }))
    },

    async transaction(changes, options = {}) {
      const operations = changes.map(change => {
        pathOf(change.key)
        return { operation: change.operation, request: toRequest(change) }
      })
      const body = { operations, metadata: options.metadata }
      const answer = await postJson(sidecar, `${base}/transaction`, body, options)
      await assertWritten(answer, `change ${changes.length} keys of ${store}`, changes.some(isGuarded))
    },
  }
}

/** What daprd says of one key in a bulk answer: status 500 is what it says when it is asked for that key alone. */
const unreadable = { status: 500, code: 'ERR_STATE_GET' }
