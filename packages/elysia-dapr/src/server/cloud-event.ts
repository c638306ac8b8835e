import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from '../contract.ts'
import { payloadReader } from './payload.ts'

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

/** An event that fits, or what is known of one that does not, with the reason. */
export type Read<Data> =
  | { event: CloudEvent<Data>; invalid?: undefined }
  | { event: Partial<CloudEvent>; invalid: string }

/**
 * Makes what reads a delivered envelope. Data that came as `data_base64` is bytes for a schema of bytes, else the JSON or
 * the text that the bytes are, whichever fits.
 */
export function eventReader<Data extends TSchema>({
  pubsub,
  name,
  data: schema,
}: Topic<Data>): (envelope: unknown) => Read<Static<Data>> {
  const payload = payloadReader(schema)

  return function read(envelope) {
    if (typeof envelope !== 'object' || envelope === null) {
      return { event: { topic: name, pubsubname: pubsub }, invalid: 'not a CloudEvent' }
    }
    const event = envelope as Record<string, unknown>
    // Of an envelope that is not daprd's they may be left out; a dead letter names where it was given up.
    if (typeof event.topic !== 'string') event.topic = name
    if (typeof event.pubsubname !== 'string') event.pubsubname = pubsub
    const { data, invalid } =
      typeof event.data_base64 === 'string'
        ? payload.read(bytesOf(event.data_base64))
        : payload.check(event.data)
    if ('data_base64' in event) {
      event.data = data
      delete event.data_base64
    }
    const missing = required.find(name => typeof event[name] !== 'string' || event[name] === '')
    if (missing !== undefined) {
      return { event, invalid: `not a CloudEvent: ${missing} is missing, empty or no text` }
    }
    if (invalid !== undefined) return { event, invalid }
    return { event: event as unknown as CloudEvent<Static<Data>> }
  }
}

/** daprd adds all but the id to an event that it publishes; another publisher may add none. */
const required = ['id', 'source', 'type', 'specversion']

/** A copy, since a Buffer may be a view of memory that it shares with others. */
function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
