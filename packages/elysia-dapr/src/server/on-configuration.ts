import type { Elysia } from 'elysia'
import { type ConfigurationItems, toItems } from '../client/configuration.ts'
import type { Sidecar } from '../client/sidecar.ts'
import { type CallbackContext, callback } from './callback.ts'
import { type KeepOptions, subscriptionKeeper } from './on-configuration-keep.ts'
import { done } from './run-handler.ts'

/** What `onConfiguration` stays subscribed to. */
export interface OnConfigurationOptions<Key extends string> extends KeepOptions<Key> {
  /** The sidecar whose store it is. */
  sidecar: Sidecar
}

/**
 * Handles the items of a configuration store: with `keys` and `sidecar` it stays subscribed to them, also after the
 * sidecar or the app restarts, and gets the values that are there each time it subscribes, and then what changes. So
 * nothing that changes meanwhile is missed. Without them it gets what `subscribeConfiguration` asked for.
 *
 * An update is done when the handler returns. When it throws daprd logs it, or tries again where an inbound resiliency
 * policy says so. A value may come twice. A key that was deleted comes with an empty value.
 *
 * Put the result into the app by `use`, beside `dapr()`; an app has one for each store.
 * Source: https://docs.dapr.io/reference/api/configuration_api/
 *
 * @example
 * app.use(onConfiguration('settings', items => apply(items.discount?.value), { keys: ['discount'], sidecar: sidecar() }))
 */
export function onConfiguration<const Key extends string = string>(
  store: string,
  handler: (items: ConfigurationItems<Key>) => void | Promise<void>,
  options?: OnConfigurationOptions<Key>,
): Elysia {
  const path = `/configuration/${store}/*`
  const started = options && subscriptionKeeper(store, handler, options.sidecar, options)

  async function receive({ body, params }: CallbackContext): Promise<Response> {
    const { items } = (body ?? {}) as { items?: unknown }
    const all = toItems(items)
    // daprd calls once for each item, and sends all of them each time; it does not encode the key in the path.
    const key = params['*'] ?? ''
    const item = new Map(Object.entries(all)).get(key)
    await handler((item ? { [key]: item } : all) as ConfigurationItems<Key>)
    return done()
  }

  return callback(path, receive, { calledAt: path, ...(started && { started }) })
}
