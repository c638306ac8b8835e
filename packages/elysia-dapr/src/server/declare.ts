import type { TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import type { CloudEvent } from './cloud-event.ts'
import { assertTimeout } from './handle-in-time.ts'
import type { Declaration } from './subscription.ts'

/** What single and bulk subscriptions have in common. */
export interface SubscriptionOptions {
  /**
   * Where daprd publishes an event that was dropped or whose retries are used up; a topic of the same component.
   * @default none: it is lost
   */
  deadLetterTopic?: Topic | string
  /** Path that daprd delivers to, below the prefix of the app that uses it. @default `/events/<pubsub>/<topic>`, and `/<match>` for a rule, each part encoded as in a URL */
  route?: string
  /**
   * Takes only the events that this expression is true for, such as `event.type == "order.paid"` or
   * `event.data.total > 100`; a subscription to the same topic without one takes the rest. An event that it cannot be
   * evaluated for fails, and the default does not get it: ask `has(event.data.total) && event.data.total > 100`.
   * Source: https://docs.dapr.io/developing-applications/building-blocks/pubsub/howto-route-messages/
   */
  match?: string
  /** The rule with the lowest number is tried first; rules of one priority in the order in which they were added. @default 0 */
  priority?: number
  /**
   * Messages are no CloudEvents but the bytes that somebody else published, without an id that lasts. Their dead letters
   * are raw too. Source: https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-raw/
   * @default false
   */
  raw?: boolean
  /** Settings of the subscription that the component defines. */
  metadata?: Readonly<Record<string, string>>
  /** Longest time for the handler, in milliseconds, after which its `signal` is aborted. @default none */
  timeout?: number
  /** What becomes of an event whose handler takes longer. @default `retry` */
  onTimeout?: 'retry' | 'drop'
  /**
   * Told of every event that is dropped: invalid data, or by the handler. daprd waits for it; when it throws or rejects
   * the event is not dropped but retried, so that it can store what would be lost.
   * @default a line on the console where there is no dead-letter topic, since the event is lost
   */
  onDrop?: (event: Partial<CloudEvent>, reason: string) => unknown
  /**
   * Told of every event that the handler asked to retry without an error, or did not handle in time. daprd waits for it.
   * @default nothing
   */
  onRetry?: (event: CloudEvent, reason: string) => unknown
}

/**
 * The declaration that options make, and its route.
 * @throws TypeError for what daprd could not subscribe to
 */
export function declare(
  topic: Topic<TSchema>,
  { deadLetterTopic, match, priority = 0, raw = false, metadata, timeout, ...options }: SubscriptionOptions,
): { declaration: Declaration; route: string } {
  const name = `${topic.pubsub}/${topic.name}`
  if (topic.pubsub === '' || topic.name === '') throw new TypeError(`${name} is no topic: a name is empty`)
  if (match?.trim() === '') throw new TypeError(`an empty match of ${name} would take every event`)
  if (Number.isNaN(priority)) throw new TypeError(`NaN is no priority of ${name}`)
  assertTimeout(name, timeout)
  if (metadata && 'rawPayload' in metadata) throw new TypeError(`${name}: use raw, not metadata.rawPayload`)
  for (const [key, value] of Object.entries(metadata ?? {})) {
    // daprd refuses the whole list of subscriptions for one value of another type.
    if (typeof value !== 'string') throw new TypeError(`metadata ${key} of ${name} is no text`)
  }
  const declaration: Declaration = {
    pubsubname: topic.pubsub,
    topic: topic.name,
    match: match?.trim(),
    priority,
    deadLetterTopic: deadLetterTopic === undefined ? undefined : deadLettersOf(topic, deadLetterTopic),
    metadata: raw || metadata ? { ...metadata, ...(raw && { rawPayload: 'true' }) } : undefined,
  }
  return {
    declaration,
    route: options.route === undefined ? defaultRoute(declaration) : checkRoute(options.route),
  }
}

/** @returns what is told of dropped events */
export function onDropOf({ onDrop, deadLetterTopic }: SubscriptionOptions) {
  return onDrop ?? (deadLetterTopic === undefined ? tellLost : () => undefined)
}

function tellLost({ id, topic }: Partial<CloudEvent>, reason: string): void {
  console.error(`event ${id} of ${topic} is lost, without a dead-letter topic: ${reason}`)
}

function deadLettersOf({ pubsub, name }: Topic, letters: Topic | string): string {
  const topic = typeof letters === 'string' ? { pubsub, name: letters } : letters
  if (topic.name === '') throw new TypeError(`the dead-letter topic of ${pubsub}/${name} has no name`)
  if (topic.pubsub !== pubsub) {
    throw new TypeError(
      `the dead letters of ${pubsub}/${name} cannot go to ${topic.pubsub}: daprd keeps them in ${pubsub}`,
    )
  }
  if (topic.name === name) throw new TypeError(`${pubsub}/${name} cannot be its own dead-letter topic`)
  return topic.name
}

function defaultRoute({ pubsubname, topic, match }: Declaration): string {
  const parts = [pubsubname, topic, ...(match === undefined ? [] : [match])]
  // Elysia takes a star for a wildcard.
  return `/events/${parts.map(part => encodeURIComponent(part).replaceAll('*', '%2A')).join('/')}`
}

function checkRoute(route: string): string {
  if (plainPath.test(route)) return route
  throw new TypeError(
    `${route} is no route for events: it has to be a path such as /orders/placed, without parameters`,
  )
}

const plainPath = /^(\/[\w.~!$&'()+,;=@%-]+)+$/
