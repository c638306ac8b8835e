import type { EventOptions } from '../client/publish-event.ts'

/** What an event that is delivered says beside its data; the metadata of single events are headers. */
export interface DeliveredEvent extends Omit<EventOptions, 'ttl'> {
  /** App ID of the publisher. @default `publisher` */
  source?: string
  /** Trace context of the publisher. @default none, as when daprd does not trace */
  traceparent?: string
}

export interface Destination {
  pubsub: string
  topic: string
}

/** The CloudEvent that a sidecar makes of what an app publishes. */
export function cloudEvent(
  { pubsub, topic }: Destination,
  data: unknown,
  { id, type, source = 'publisher', subject, traceparent = '', contentType }: DeliveredEvent,
): Record<string, unknown> {
  const isBinary = data instanceof Uint8Array
  return {
    ...(isBinary ? { data_base64: Buffer.from(data).toString('base64') } : { data }),
    datacontenttype: contentType ?? (isBinary ? 'application/octet-stream' : 'application/json'),
    id: id ?? crypto.randomUUID(),
    pubsubname: pubsub,
    source,
    specversion: '1.0',
    ...(subject !== undefined && { subject }),
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    topic,
    traceid: traceparent,
    traceparent,
    tracestate: '',
    type: type ?? 'com.dapr.event.sent',
  }
}

/** The CloudEvent that the sidecar of the subscriber makes of a message that is none. */
export function rawEvent({ pubsub, topic }: Destination, data: unknown): Record<string, unknown> {
  return {
    data_base64: rawPayload(data),
    datacontenttype: 'application/octet-stream',
    id: crypto.randomUUID(),
    pubsubname: pubsub,
    source: 'Dapr',
    specversion: '1.0',
    topic,
    type: 'com.dapr.event.sent',
  }
}

/** The bytes of a raw message, in base64. */
export function rawPayload(data: unknown): string {
  return Buffer.from(data instanceof Uint8Array ? data : JSON.stringify(data)).toString('base64')
}

export interface BulkEntry {
  entryId: string
  event: unknown
  metadata: Record<string, string>
  contentType: string
}

export function bulkEnvelope({ pubsub, topic }: Destination, entries: BulkEntry[]): Record<string, unknown> {
  return {
    entries,
    id: crypto.randomUUID(),
    metadata: { pubsubName: pubsub },
    pubsubname: pubsub,
    topic,
    type: 'com.dapr.event.sent.bulk',
  }
}

/** Header of a delivery: a span of daprd's own in the trace of the publisher, or one that says nothing. */
export function deliverySpan(traceparent: string | undefined): string {
  if (traceparent === undefined) return `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`
  const span = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex')
  return traceparent.replace(/^(..-[^-]+)-[^-]+/, `$1-${span}`)
}
