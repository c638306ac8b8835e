import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import { BulkPublishError } from '../errors.ts'
import { isJsonType } from '../json-type.ts'
import { appIdOf } from './app-id.ts'
import { type Metadata, toQuery } from './metadata-query.ts'
import { postEvents, topicPath } from './publish.ts'
import { activeTrace, type EventOptions, type Message, messageOf, rawMessageOf } from './publish-event.ts'
import { toBase64 } from './publish-payload.ts'
import { type CallOptions, type Sidecar, toDaprError } from './sidecar.ts'

/** One event of many. */
export interface OutgoingEntry<Data> extends EventOptions {
  data: Data
}

/** What holds for all events of `publishBulk`, and how it calls. */
export interface PublishBulkOptions extends CallOptions {
  /** As for `publish`, of all entries. @default false */
  raw?: boolean
  /** Settings for all entries that the component defines. */
  metadata?: Metadata
}

/**
 * Publishes many events in one call; resolves when the broker has all of them. Each carries the trace and the baggage
 * of the active span, as with `publish`. Not a transaction: what is not among the failed entries was published.
 * @throws BulkPublishError which names the entries that were not published; DaprError when the call failed as a whole, with
 * the status 413 for more than daprd takes, 4 MiB unless it is told otherwise
 * @throws TypeError as for `publish`
 * Source: https://docs.dapr.io/reference/api/pubsub_api/#publish-multiple-messages-to-a-given-topic
 *
 * @example
 * await publishBulk(sidecar, orderPlaced, orders.map(order => ({ data: order, id: order.orderId })))
 */
export async function publishBulk<Data extends TSchema>(
  sidecar: Sidecar,
  topic: Topic<Data>,
  entries: readonly OutgoingEntry<Static<Data>>[],
  { raw = false, metadata, ...call }: PublishBulkOptions = {},
): Promise<void> {
  const path = `/v1.0/publish/bulk/${topicPath(topic)}`
  if (entries.length === 0) return
  let id: Promise<string> | undefined
  function appId(): Promise<string> {
    id ??= appIdOf(sidecar, call)
    return id
  }
  const context = { trace: activeTrace(), appId }
  const messages = await Promise.all(
    entries.map(async ({ data, ...event }) =>
      raw ? rawMessageOf(data, event, context) : await messageOf(data, event, context),
    ),
  )
  const answer = await postEvents(
    sidecar,
    `${path}${toQuery({ ...metadata, ...(raw && { rawPayload: 'true' }) })}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `[${messages.map((message, index) => toEntry(message, { index, raw })).join()}]`,
    },
    call,
  )
  if (answer.ok) return
  const error = await toDaprError(answer, `publish ${entries.length} events to ${topic.name}`)
  const failed = failedEntries(error.body)
  throw failed.length > 0 ? new BulkPublishError(topic.name, failed, error) : error
}

/** The index is the entry's ID. */
function toEntry(message: Message, { index, raw }: { index: number; raw: boolean }): string {
  const { body, contentType, metadata } = message
  const isBinary = raw || typeof body !== 'string'
  // daprd takes binary data as base64, and reads JSON anew, which a raw message may not be.
  const event = isBinary ? `"${toBase64(message)}"` : isJsonType(contentType) ? body : JSON.stringify(body)
  const type = isBinary ? 'application/octet-stream' : contentType
  // Also when they are empty: daprd gives the settings of the call only to entries that have some.
  const rest = JSON.stringify({ entryId: String(index), contentType: type, metadata })
  return `${rest.slice(0, -1)},"event":${event}}`
}

function failedEntries(body: unknown): { index: number; error: string }[] {
  const { failedEntries } = (body ?? {}) as { failedEntries?: { entryId: string; error?: string }[] }
  if (!Array.isArray(failedEntries)) return []
  return failedEntries.map(({ entryId, error = 'unknown' }) => ({ index: Number(entryId), error }))
}
