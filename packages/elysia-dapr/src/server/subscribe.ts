import type { Static, TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import type { Elysia } from 'elysia'
import type { Topic } from '../contract.ts'
import { callback } from './callback.ts'
import type { Drop } from './outcome.ts'

/** A CloudEvent as daprd delivers it. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent<Data = unknown> {
  id: string
  source: string
  type: string
  specversion: string
  topic: string
  pubsubname: string
  datacontenttype?: string
  subject?: string
  time?: string
  traceparent?: string
  tracestate?: string
  data: Data
}

export interface EventContext<Data> {
  data: Data
  event: CloudEvent<Data>
  /** Headers of the delivery; those that came from the broker were set by the publisher: never trust them. */
  headers: Headers
}

export interface SubscribeOptions {
  /** Where daprd publishes an event that was dropped or whose retries are used up. @default none: it is lost */
  deadLetterTopic?: string
  /** Path that daprd delivers to. @default `/events/<pubsub>/<topic>` */
  route?: string
  /** Told of every event that is dropped: invalid data, or by the handler. @default nothing */
  onDrop?: (event: Partial<CloudEvent>, reason: string) => void
}

/** What `GET /dapr/subscribe` answers for one topic. */
export interface Subscription {
  pubsubname: string
  topic: string
  routes: { default: string }
  deadLetterTopic?: string
}

/**
 * Subscribes to a topic. The handler acknowledges by returning, asks for a retry by throwing, and gives the
 * event up by returning `drop(reason)`. What lacks an attribute that CloudEvents require, or does not fit the
 * topic's schema, is dropped at once: it would fail for ever.
 *
 * Put the result into the app by `use`, beside the plugin `dapr()`, which tells daprd of it.
 * Source: https://docs.dapr.io/reference/api/pubsub_api/#provide-routes-for-dapr-to-deliver-topic-events
 *
 * @example
 * app.use(subscribe(orderPlaced, ({ data }) => reserve(data), { deadLetterTopic: 'inventory.dead-letters' }))
 */
export function subscribe<Data extends TSchema>(
  topic: Topic<Data>,
  handler: (context: EventContext<Static<Data>>) => Drop | void | Promise<Drop | undefined> | Promise<void>,
  { route = `/events/${topic.pubsub}/${topic.name}`, deadLetterTopic, onDrop }: SubscribeOptions = {},
): Elysia {
  const check = TypeCompiler.Compile(topic.data)
  const subscription: Subscription = {
    pubsubname: topic.pubsub,
    topic: topic.name,
    routes: { default: route },
    ...(deadLetterTopic !== undefined && { deadLetterTopic }),
  }

  async function deliver({ body, request }: { body: unknown; request: Request }) {
    const event = body as CloudEvent<Static<Data>>
    const reason = invalid(check, event)
    if (reason === undefined) {
      const outcome = await handler({ data: event.data, event, headers: request.headers })
      if (outcome === undefined) return { status: 'SUCCESS' }
      onDrop?.(event, outcome.drop)
    } else {
      onDrop?.((event ?? {}) as Partial<CloudEvent>, reason)
    }
    return { status: 'DROP' }
  }

  return callback(route, deliver, { subscription })
}

/** daprd adds all but the id to an event that it publishes; another publisher may add none. */
const required = ['id', 'source', 'type', 'specversion']

function invalid(check: TypeCheck<TSchema>, event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return 'not a CloudEvent'
  const { data, ...attributes } = event as Record<string, unknown>
  const missing = required.find(name => typeof attributes[name] !== 'string' || attributes[name] === '')
  if (missing !== undefined) return `not a CloudEvent: ${missing} is missing, empty or no text`
  if (check.Check(data)) return undefined
  const [problem] = check.Errors(data)
  return `data${problem?.path ?? ''}: ${problem?.message ?? 'does not fit the schema'}`
}
