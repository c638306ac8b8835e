import type { Static, TSchema } from '@sinclair/typebox'
import type { Elysia } from 'elysia'
import type { Topic } from '../contract.ts'
import { type CallbackContext, callback } from './callback.ts'
import { type CloudEvent, eventReader } from './cloud-event.ts'
import { declare, onDropOf, type SubscriptionOptions } from './declare.ts'
import { inEventSpan } from './event-span.ts'
import { handleInTime } from './handle-in-time.ts'
import { type Handled, type Outcome, outcomeOf } from './outcome.ts'

/** What the handler of `subscribe` gets. */
export interface EventContext<Data> {
  readonly data: Data
  readonly event: CloudEvent<Data>
  /** Headers of the delivery; those that came from the broker were set by the publisher: never trust them. */
  readonly headers: Headers
  /** Aborted at the time-out, and when daprd no longer waits for the answer. */
  readonly signal: AbortSignal
}

/** How `subscribe` subscribes. */
export interface SubscribeOptions extends SubscriptionOptions {}

/**
 * Subscribes to a topic. The handler acknowledges by returning, whatever it returns, asks for a retry by throwing or by returning
 * `retry(reason)`, and gives the event up by returning `drop(reason)`. What lacks an attribute that CloudEvents require,
 * or does not fit the topic's schema, is dropped at once: it would fail for ever.
 *
 * A topic of `Type.Uint8Array()` gets the bytes of binary data. An integer that no number can hold, such as
 * 9007199254740993, comes as the text of its digits, which a schema of integers refuses.
 *
 * The handler runs in a span `process <topic>`, a child of the publisher's, where OpenTelemetry is set up.
 *
 * Put the result into the app by `use`, beside the plugin `dapr()`, which tells daprd of it.
 * @throws TypeError for options that daprd could not subscribe with
 * Source: https://docs.dapr.io/reference/api/pubsub_api/#provide-routes-for-dapr-to-deliver-topic-events
 *
 * @example
 * app.use(subscribe(orderPlaced, ({ data }) => reserve(data), { deadLetterTopic: 'inventory.dead-letters' }))
 */
export function subscribe<Data extends TSchema>(
  topic: Topic<Data>,
  handler: (context: EventContext<Static<Data>>) => Handled,
  options: SubscribeOptions = {},
): Elysia {
  const { declaration, route } = declare(topic, options)
  const { timeout, onTimeout = 'retry', onRetry } = options
  const onDrop = onDropOf(options)
  const read = eventReader(topic)

  function deliver({ body, request }: CallbackContext): Response | Promise<Response> {
    const { event, invalid } = read(body)
    if (invalid !== undefined) return giveUp(event, invalid)
    const handled: unknown = inEventSpan(topic.name, { event, request }, () => handle(event, request))
    if (!isThenable(handled)) return answerTo(event, outcomeOf(handled))
    return Promise.resolve(handled).then(result => answerTo(event, outcomeOf(result)))
  }

  function answerTo(event: CloudEvent, outcome: Outcome): Response | Promise<Response> {
    if (!outcome) return answer('SUCCESS')
    return 'drop' in outcome ? giveUp(event, outcome.drop) : tryAgain(event, outcome.retry)
  }

  async function giveUp(event: Partial<CloudEvent>, reason: string): Promise<Response> {
    await onDrop(event, reason)
    return answer('DROP')
  }

  async function tryAgain(event: CloudEvent, reason: string): Promise<Response> {
    await onRetry?.(event, reason)
    return answer('RETRY')
  }

  function handle(event: CloudEvent<Static<Data>>, request: Request): Handled {
    const run = (signal: () => AbortSignal) =>
      handler({
        data: event.data,
        event,
        headers: request.headers,
        get signal() {
          return signal()
        },
      })
    // Without the promises of a time limit, which a delivery would feel.
    if (timeout === undefined) return run(() => request.signal)
    const inTime = handleInTime<Outcome>(run, request, { timeout, onTimeout })
    return inTime.then<Outcome>(({ late, result }) => late ?? result)
  }

  return callback(route, deliver, { subscription: declaration })
}

/** Drizzle's queries, for one, are no promises but are run by awaiting them. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function answer(status: 'SUCCESS' | 'RETRY' | 'DROP'): Response {
  return new Response(`{"status":"${status}"}`, json)
}

const json = { headers: { 'content-type': 'application/json' } }
