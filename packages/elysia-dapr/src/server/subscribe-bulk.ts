import type { Static, TSchema } from '@sinclair/typebox'
import type { Elysia } from 'elysia'
import type { Topic } from '../contract.ts'
import { type BulkEntry, bulkReader, entriesOf } from './bulk-entries.ts'
import { type CallbackContext, callback } from './callback.ts'
import type { CloudEvent } from './cloud-event.ts'
import { declare, onDropOf, type SubscriptionOptions } from './declare.ts'
import { inBulkSpan } from './event-span.ts'
import { identityOf, rememberGivenUp } from './given-up.ts'
import { handleInTime } from './handle-in-time.ts'
import { type Handled, type Outcome, outcomeOf } from './outcome.ts'

/** What the handler of `subscribeBulk` gets. */
export interface BulkContext<Data> {
  /** What fits the topic; never empty. */
  readonly entries: BulkEntry<Data>[]
  /** Headers of the delivery. */
  readonly headers: Headers
  /** Aborted at the time-out, and when daprd no longer waits for the answer. */
  readonly signal: AbortSignal
}

/** How `subscribeBulk` subscribes. */
export interface SubscribeBulkOptions extends SubscriptionOptions {
  /** Most messages of one delivery. @default 100 */
  maxMessages?: number
  /** Longest time to wait for that many, in milliseconds. @default 1_000, or as the component has it */
  maxAwait?: number
}

/**
 * Subscribes to a topic whose events come many at a time. The handler acknowledges all of them by returning nothing,
 * or answers with one outcome for each entry, in their order: `undefined`, `drop(reason)` or `retry(reason)`. Throwing
 * asks for a retry of all, and so does an array of another length; any other value acknowledges. What does not fit the
 * topic's schema is dropped, and the handler does not get it. An `onDrop` that fails has its own event retried.
 *
 * What is dropped reaches the dead-letter topic once daprd's retries for the entry are used up, in which the handler does
 * not see it again; the others of its delivery are acknowledged then. So let the inbound retries have an end.
 *
 * The handler runs in one span, linked to the spans of all publishers, where OpenTelemetry is set up.
 * @throws TypeError for options that daprd could not subscribe with
 * Source: https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-bulk/
 *
 * @example
 * app.use(
 *   subscribeBulk(orderPlaced, async ({ entries }) => {
 *     const known = await store.insert(entries.map(({ data }) => data))
 *     return entries.map(({ data }) => (known.has(data.id) ? undefined : retry('not stored yet')))
 *   }),
 * )
 */
export function subscribeBulk<Data extends TSchema>(
  topic: Topic<Data>,
  handler: (context: BulkContext<Static<Data>>) => Handled<Outcome[]>,
  options: SubscribeBulkOptions = {},
): Elysia {
  const { maxMessages, maxAwait, timeout, onTimeout = 'retry', onRetry } = options
  const onDrop = onDropOf(options)
  const { declaration, route } = declare(topic, options)
  declaration.bulkSubscribe = {
    enabled: true,
    ...(maxMessages !== undefined && { maxMessagesCount: count('maxMessages', maxMessages) }),
    ...(maxAwait !== undefined && { maxAwaitDurationMs: count('maxAwait', maxAwait) }),
  }
  if (options.raw && options.match !== undefined) {
    throw new TypeError(`${topic.name}: daprd shows the rules of a raw bulk no event to match`)
  }
  const read = bulkReader(topic)

  // daprd 1.18 looks for what was dropped in the wrong place once the batch is not the whole one any more, as after a
  // retry: it moves another event to the dead-letter topic, or ends with a panic. An entry that fails for good gets there.
  const dropped = declaration.deadLetterTopic === undefined ? 'DROP' : 'RETRY'
  const givenUp = rememberGivenUp()

  async function deliver({ body, request }: CallbackContext): Promise<Response> {
    const statuses: { entryId: string; status: string }[] = []
    // By the entry's id, which no other of the batch has, and before its event is read, which changes it.
    const identities = new Map<string, string>()
    const give = async (entryId: string, event: Partial<CloudEvent>, reason: string) => {
      if (!(await isTold(() => onDrop(event, reason)))) return statuses.push({ entryId, status: 'RETRY' })
      const identity = identities.get(entryId)
      if (identity !== undefined) givenUp.add(identity)
      return statuses.push({ entryId, status: dropped })
    }
    const entries = entriesOf(topic, body).filter(entry => {
      if (dropped === 'DROP') return true
      const identity = identityOf(entry)
      identities.set(entry.entryId, identity)
      if (!givenUp.has(identity)) return true
      statuses.push({ entryId: entry.entryId, status: dropped })
      return false
    })
    const { valid, invalid } = read(entries)
    for (const { entryId, event, reason } of invalid) await give(entryId, event, reason)
    const outcomes = valid.length > 0 ? await handle(valid, request) : []
    for (const [index, { entryId, event }] of valid.entries()) {
      const outcome = outcomes[index]
      if (outcome && 'drop' in outcome) {
        await give(entryId, event, outcome.drop)
        continue
      }
      if (outcome) await isTold(() => onRetry?.(event, outcome.retry))
      statuses.push({ entryId, status: outcome ? 'RETRY' : 'SUCCESS' })
    }
    return Response.json({ statuses })
  }

  async function handle(entries: BulkEntry<Static<Data>>[], request: Request): Promise<Outcome[]> {
    const { headers } = request
    const handled = await inBulkSpan(
      topic.name,
      entries.map(({ event }) => event),
      () =>
        handleInTime<Outcome[]>(
          signal =>
            handler({
              entries,
              headers,
              get signal() {
                return signal()
              },
            }),
          request,
          { timeout, onTimeout },
        ),
    )
    const result: unknown = handled.late ?? handled.result
    if (!Array.isArray(result)) return entries.map(() => outcomeOf(result))
    if (result.length === entries.length) return result.map(outcomeOf)
    throw new TypeError(`${entries.length} entries of ${topic.name} have ${result.length} outcomes`)
  }

  /** What it throws must not have the other entries delivered again. */
  async function isTold(tell: () => unknown): Promise<boolean> {
    try {
      await tell()
      return true
    } catch (error) {
      console.error(`an event of ${topic.name} is retried, since nobody could be told of it:`, error)
      return false
    }
  }

  return callback(route, deliver, { subscription: declaration })
}

function count(what: string, value: number): number {
  if (Number.isInteger(value) && value > 0 && value < 2 ** 31) return value
  throw new TypeError(`${value} is no ${what}: it has to be a whole number from 1 on`)
}
