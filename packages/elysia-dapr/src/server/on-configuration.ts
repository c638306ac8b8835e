import type { Elysia } from 'elysia'
import { type ConfigurationItems, toItems } from '../client/configuration.ts'
import type { Sidecar } from '../client/sidecar.ts'
import { inSpan } from '../tracing.ts'
import { type CallbackContext, callback } from './callback.ts'
import { type KeepOptions, subscriptionKeeper } from './on-configuration-keep.ts'
import { done } from './run-handler.ts'

/** What the handler of `onConfiguration` gets. */
export interface ConfigurationContext<Key extends string = string> {
  /** What has changed, or what is there when a subscription begins. */
  readonly items: ConfigurationItems<Key>
  /** Aborted when daprd no longer waits for the answer, and, of what was there, when a newer subscription begins. */
  readonly signal: AbortSignal
}

/** What `onConfiguration` stays subscribed to. */
export interface OnConfigurationOptions<Key extends string> extends KeepOptions<Key> {
  /** The sidecar whose store it is. */
  sidecar: Sidecar
}

/**
 * Handles the items of a configuration store: with `keys` and `sidecar` it stays subscribed to them, also after the
 * sidecar or the app restarts, and gets the values that are there each time it subscribes, and then what changes. So
 * nothing that changes meanwhile is missed, and no value comes after a newer one. Without them it gets what
 * `subscribeConfiguration` asked for.
 *
 * An update is done when the handler returns. When it throws daprd logs it, or tries again where an inbound resiliency
 * policy says so. A value may come twice. A key that was deleted comes with an empty value.
 *
 * The handler runs in a span `configuration <store>` where OpenTelemetry is set up. Put the result into the app by
 * `use`, beside `dapr()`; an app has one for each store.
 * Source: https://docs.dapr.io/reference/api/configuration_api/
 *
 * @example
 * const options = { keys: ['discount'], sidecar: sidecar() }
 * app.use(onConfiguration('settings', ({ items }) => apply(items.discount?.value), options))
 */
export function onConfiguration<const Key extends string = string>(
  store: string,
  handler: (context: ConfigurationContext<Key>) => void | Promise<void>,
  options?: OnConfigurationOptions<Key>,
): Elysia {
  const path = `/configuration/${store}/*`
  const span = {
    name: `configuration ${store}`,
    kind: 'consumer',
    attributes: { 'dapr.configuration.store': store },
  } as const
  const keeper = options && subscriptionKeeper(store, handlePresent, options.sidecar, options)

  async function handlePresent(items: ConfigurationItems<Key>, signal: AbortSignal): Promise<void> {
    await inSpan(
      () => span,
      async () => await handler({ items, signal }),
    )
  }

  async function receive({ body, params, request }: CallbackContext): Promise<Response> {
    const all = toItems(((body ?? {}) as { items?: unknown }).items)
    // daprd calls once for each item, and sends all of them each time; it does not encode the key in the path.
    const key = params['*'] ?? ''
    const item = new Map(Object.entries(all)).get(key)
    const items = (item ? { [key]: item } : all) as ConfigurationItems<Key>
    keeper?.changed(Object.keys(items))
    await inSpan(
      () => ({ ...span, parent: name => request.headers.get(name) ?? undefined }),
      async () => await handler({ items, signal: request.signal }),
    )
    return done()
  }

  return callback(path, receive, { calledAt: path, ...(keeper && { started: keeper.started }) })
}
