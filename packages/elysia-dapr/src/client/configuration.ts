import { badAnswer, DaprError } from '../errors.ts'
import { type Metadata, toQuery } from './metadata-query.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from './sidecar.ts'

/** One item of a configuration store. */
export interface ConfigurationItem {
  /** Empty for one that was deleted: daprd does not tell the two apart. */
  value: string
  /** Of the value, where the store has any. */
  version: string
  metadata: Metadata
}

/** Items by their keys; a key that is not in the store is not there. */
export type ConfigurationItems<Key extends string = string> = Partial<Record<Key, ConfigurationItem>>

/** How `getConfiguration` and `subscribeConfiguration` call. */
export interface ConfigurationOptions extends CallOptions {
  /** Settings that the store defines, such as `label`. */
  metadata?: Metadata
}

/** What `subscribeConfiguration` has begun. */
export interface ConfigurationSubscription extends AsyncDisposable {
  readonly id: string
  /** Ends it; the end of an `await using` scope does it as well. @throws DaprError when the sidecar does not know it (any more) */
  unsubscribe(options?: CallOptions): Promise<void>
}

/**
 * Reads items of a configuration store: those of the keys, or all when there are none.
 * @throws DaprError
 * @throws TypeError for a store that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/configuration_api/
 *
 * @example
 * const { discount } = await getConfiguration(sidecar(), 'settings', ['discount'])
 */
export async function getConfiguration<const Key extends string = string>(
  sidecar: Sidecar,
  store: string,
  keys: readonly Key[] = [],
  options: ConfigurationOptions = {},
): Promise<ConfigurationItems<Key>> {
  const answer = await ask(sidecar, store, keys, '', options)
  if (answer.status === 204) return {}
  return toItems(await readBody(answer)) as ConfigurationItems<Key>
}

/**
 * Has the sidecar call the app, whose `onConfiguration` handles it, whenever one of the keys changes; without keys,
 * any. The sidecar forgets it when it restarts, and keeps it when the app does: where that matters, let
 * `onConfiguration` subscribe instead.
 * @throws DaprError, also when the sidecar has no app
 * @throws TypeError for a store that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/configuration_api/#subscribe-configuration
 */
export async function subscribeConfiguration(
  sidecar: Sidecar,
  store: string,
  keys: readonly string[] = [],
  options: ConfigurationOptions = {},
): Promise<ConfigurationSubscription> {
  const answer = await ask(sidecar, store, keys, '/subscribe', options)
  const body = await readBody(answer)
  const { id } = (body ?? {}) as { id?: unknown }
  if (typeof id !== 'string') {
    throw new DaprError(`subscribe to ${store}: the answer has no id`, badAnswer(answer, body))
  }
  const end = (options?: CallOptions) => unsubscribe(sidecar, store, id, options)
  return { id, unsubscribe: end, [Symbol.asyncDispose]: () => end() }
}

export async function unsubscribe(
  sidecar: Sidecar,
  store: string,
  id: string,
  options?: CallOptions,
): Promise<void> {
  const path = `${pathOf(store)}/${segment('a subscription', id)}/unsubscribe`
  await assertOk(await sidecar.request(path, {}, options), `unsubscribe from ${store}`)
}

/** Items as they come, with what daprd leaves out when it is empty. */
export function toItems(given: unknown): ConfigurationItems {
  const entries = Object.entries((given ?? {}) as Record<string, Partial<ConfigurationItem>>)
  return Object.fromEntries(
    entries.map(([key, { value = '', version = '', metadata = {} }]) => [key, { value, version, metadata }]),
  )
}

async function ask(
  sidecar: Sidecar,
  store: string,
  keys: readonly string[],
  action: string,
  { metadata, ...options }: ConfigurationOptions,
): Promise<Response> {
  const query = toQuery(metadata, { key: keys })
  const answer = await sidecar.request(`${pathOf(store)}${action}${query}`, {}, options)
  return await assertOk(answer, `${action === '' ? 'read from' : 'subscribe to'} ${store}`)
}

function pathOf(store: string): string {
  return `/v1.0/configuration/${segment('a configuration store', store)}`
}
