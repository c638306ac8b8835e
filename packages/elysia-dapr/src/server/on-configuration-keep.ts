import { setTimeout } from 'node:timers/promises'
import {
  type ConfigurationItems,
  getConfiguration,
  subscribeConfiguration,
  unsubscribe,
} from '../client/configuration.ts'
import { getMetadata, setMetadata } from '../client/metadata.ts'
import type { Metadata } from '../client/metadata-query.ts'
import type { Sidecar } from '../client/sidecar.ts'
import { DaprError } from '../errors.ts'
import type { Started } from './callback.ts'

export interface KeepOptions<Key extends string> {
  /** What to stay subscribed to; none: all keys of the store. */
  keys: readonly Key[]
  /** Settings of the subscription that the store defines. */
  metadata?: Metadata
  /**
   * Told when the store refuses, which is tried again if that makes sense, and when the handler throws for values that
   * were read. @default a line on the console
   */
  onError?: (error: unknown) => void
}

export interface Keeper {
  started: Started
  /** Has to be told of the keys of each update, before the handler: what was read meanwhile may be older. */
  changed(keys: string[]): void
}

/** Subscribes, and reads what is there, whenever the sidecar has started and knows nothing, or the app has. */
export function subscriptionKeeper<Key extends string>(
  store: string,
  handle: (items: ConfigurationItems<Key>, signal: AbortSignal) => Promise<void>,
  sidecar: Sidecar,
  { keys, metadata = {}, onError = tellOf(store) }: KeepOptions<Key>,
): Keeper {
  // Where the subscription is written down: in the sidecar, so that it is known as long as it is there, to whoever asks.
  const note = `elysia-dapr.configuration.${store}`
  const changedMeanwhile = new Set<string>()
  let latest = new AbortController()
  let running = Promise.resolve()

  async function subscribe(signal: AbortSignal): Promise<void> {
    const { extended } = await getMetadata(sidecar)
    const old = extended?.[note]
    // One of another process of the app, which may have had other keys; it may be gone.
    if (old) await unsubscribe(sidecar, store, old).catch(() => undefined)
    const { id } = await subscribeConfiguration(sidecar, store, keys, { metadata })
    await setMetadata(sidecar, note, id)
    changedMeanwhile.clear()
    const items = await getConfiguration(sidecar, store, keys, { metadata })
    for (const key of changedMeanwhile) delete items[key as Key]
    // To the handler, no items would say that the store has none.
    if (changedMeanwhile.size > 0 && Object.keys(items).length === 0) return
    await handle(items, signal).catch(report)
  }

  async function untilSubscribed(signal: AbortSignal): Promise<void> {
    for (let pause = 1_000; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
      try {
        return await subscribe(signal)
      } catch (error) {
        // It tells when it is there again.
        if (error instanceof DaprError && error.code === 'UNREACHABLE') return
        report(error)
        if (!(error instanceof DaprError && error.retryable)) return
      }
      await setTimeout(pause, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** An `onError` that fails itself must not end the attempts, now and after the next start. */
  function report(error: unknown): void {
    new Promise<void>(resolve => resolve(onError(error))).catch(failure => tellOf(store)(error, failure))
  }

  return {
    async started(who) {
      // A sidecar that is not ready yet tells when it is.
      if (who === 'app' && !(await isReady(sidecar))) return
      latest.abort()
      latest = new AbortController()
      const { signal } = latest
      running = running.then(() => untilSubscribed(signal))
    },

    changed(keys) {
      for (const key of keys) changedMeanwhile.add(key)
    },
  }
}

/** Between two attempts to subscribe, in milliseconds. */
const longestPause = 60_000

async function isReady(sidecar: Sidecar): Promise<boolean> {
  const answer = await sidecar.request('/v1.0/healthz').catch(() => undefined)
  return answer?.ok ?? false
}

function tellOf(store: string): (...errors: unknown[]) => void {
  return (...errors) => console.error(`configuration ${store}:`, ...errors)
}
