import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import { type CloudEvent, eventReader } from './cloud-event.ts'

/** One event of a bulk delivery. */
export interface BulkEntry<Data> {
  readonly entryId: string
  readonly data: Data
  readonly event: CloudEvent<Data>
  /** What the broker tells of the message; set by the publisher: never trust it. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface InvalidEntry {
  entryId: string
  event: Partial<CloudEvent>
  reason: string
}

export interface ReadBulk<Data> {
  valid: BulkEntry<Data>[]
  invalid: InvalidEntry[]
}

/** An entry as daprd sends it: an envelope, or the base64 of a raw message. */
export interface SentEntry {
  entryId: string
  event: unknown
  contentType?: string
  metadata?: Record<string, string> | null
}

/** @throws TypeError for what is no bulk, which is then retried */
export function entriesOf({ name }: Topic, bulk: unknown): SentEntry[] {
  const { entries } = (bulk ?? {}) as { entries?: SentEntry[] }
  if (!Array.isArray(entries)) throw new TypeError(`not a bulk of ${name}: it has no entries`)
  return entries
}

/** Makes what reads the entries of a bulk. Source: https://docs.dapr.io/reference/api/pubsub_api/#bulk-subscribe */
export function bulkReader<Data extends TSchema>(
  topic: Topic<Data>,
): (entries: SentEntry[]) => ReadBulk<Static<Data>> {
  const read = eventReader(topic)

  return function readEntries(entries) {
    const valid: BulkEntry<Static<Data>>[] = []
    const invalid: InvalidEntry[] = []
    for (const entry of entries) {
      const { entryId, metadata } = entry
      const { event, invalid: reason } = read(envelopeOf(entry))
      if (reason !== undefined) invalid.push({ entryId, event, reason })
      else valid.push({ entryId, data: event.data, event, metadata: metadata ?? {} })
    }
    return { valid, invalid }
  }
}

/** A raw message comes as base64, without an envelope: it gets the one that daprd gives to a single one. */
function envelopeOf({ entryId, event, contentType = 'application/octet-stream' }: SentEntry): unknown {
  if (typeof event !== 'string') return event
  return {
    id: entryId,
    source: 'Dapr',
    type: 'com.dapr.event.sent',
    specversion: '1.0',
    datacontenttype: contentType,
    data_base64: event,
  }
}
