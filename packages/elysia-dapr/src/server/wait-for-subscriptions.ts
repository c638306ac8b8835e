import { setTimeout } from 'node:timers/promises'
import type { AnyElysia } from 'elysia'
import { getMetadata, type SidecarMetadata } from '../client/metadata.ts'
import type { CallOptions, Sidecar } from '../client/sidecar.ts'
import { DaprError } from '../errors.ts'
import { type Subscription, subscriptionsOf } from './subscription.ts'

/**
 * Waits until the sidecar has taken over every subscription of an app that listens: for the readiness of a service, and
 * for tests. `timeout` is the longest wait, in milliseconds (default 30_000).
 *
 * It sees what daprd only logs: that it has not asked the app yet, that it refuses the whole list because of one
 * expression that is no CEL, and that a pub/sub component is not there. It cannot see that the component's scopes forbid
 * the topic, that the broker has not confirmed the subscription yet, or that it cannot be reached: daprd tells nobody.
 * @throws DaprError `TIMEOUT`, which names what is missing, or `ABORTED`
 * @throws Error for subscriptions that `listen` would refuse
 * Source: https://docs.dapr.io/reference/api/metadata_api/
 */
export async function waitForSubscriptions(
  sidecar: Sidecar,
  app: AnyElysia,
  { timeout = 30_000, signal }: CallOptions = {},
): Promise<void> {
  const wanted = subscriptionsOf(app)
  const deadline = performance.now() + timeout
  let missing = ['no answer of the sidecar']
  while (true) {
    const left = deadline - performance.now()
    if (left <= 0) {
      const message = `not subscribed within ${timeout} ms: ${missing.join(', ')}`
      throw new DaprError(message, { code: 'TIMEOUT' })
    }
    const call = { timeout: Math.min(left, 2_000), ...(signal && { signal }) }
    const metadata = await getMetadata(sidecar, call).catch(error => {
      if (error instanceof DaprError && error.retryable) return undefined
      throw error
    })
    if (metadata) missing = wanted.flatMap(subscription => findMissing(subscription, metadata))
    if (missing.length === 0) return
    await setTimeout(50)
  }
}

function findMissing(
  wanted: Subscription,
  { components = [], subscriptions = [] }: SidecarMetadata,
): string[] {
  const { pubsubname, topic } = wanted
  if (!components.some(({ name, type }) => name === pubsubname && type.startsWith('pubsub.'))) {
    return [`${pubsubname}/${topic} (there is no pub/sub component ${pubsubname})`]
  }
  const found = subscriptions.find(taken => taken.pubsubname === pubsubname && taken.topic === topic)
  if (!found) return [`${pubsubname}/${topic} (unknown to daprd)`]
  const { rules = [], default: path } = wanted.routes
  const isSame =
    keyOf(found, found.rules) === keyOf(wanted, [...rules, ...(path === undefined ? [] : [{ path }])])
  return isSame ? [] : [`${pubsubname}/${topic} (daprd has another one)`]
}

type Rules = { match?: string; path?: string }[]

function keyOf(
  { deadLetterTopic = '', metadata = {} }: Pick<Subscription, 'deadLetterTopic' | 'metadata'>,
  rules: Rules = [],
): string {
  const settings = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([rules.map(({ match = '', path = '' }) => [match, path]), deadLetterTopic, settings])
}
