import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Topic } from '../contract.ts'
import { parseExactly } from '../exact-json.ts'

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
 * Makes what reads a delivered envelope: data that came as `data_base64` is bytes for a schema of bytes, else the JSON
 * or the text that the bytes are.
 */
export function eventReader<Data extends TSchema>({
  pubsub,
  name,
  data: schema,
}: Topic<Data>): (envelope: unknown) => Read<Static<Data>> {
  const check = TypeCompiler.Compile(schema)
  const wantsBytes = schema.type === 'Uint8Array'

  return function read(envelope) {
    if (typeof envelope !== 'object' || envelope === null) {
      return { event: { topic: name, pubsubname: pubsub }, invalid: 'not a CloudEvent' }
    }
    const event = envelope as Record<string, unknown>
    // Of an envelope that is not daprd's they may be left out; a dead letter names where it was given up.
    if (typeof event.topic !== 'string') event.topic = name
    if (typeof event.pubsubname !== 'string') event.pubsubname = pubsub
    if (typeof event.data_base64 === 'string') {
      event.data = wantsBytes ? bytesOf(event.data_base64) : jsonOrText(event.data_base64)
      delete event.data_base64
    }
    const missing = required.find(name => typeof event[name] !== 'string' || event[name] === '')
    if (missing !== undefined) {
      return { event, invalid: `not a CloudEvent: ${missing} is missing, empty or no text` }
    }
    if (event.data instanceof Uint8Array && schema.type !== undefined && !wantsBytes) {
      return { event, invalid: 'data: neither JSON nor text' }
    }
    if (check.Check(event.data)) return { event: event as unknown as CloudEvent<Static<Data>> }
    const [problem] = check.Errors(event.data)
    const reason = `data${problem?.path ?? ''}: ${problem?.message ?? 'does not fit the schema'}`
    return { event, invalid: reason }
  }
}

/** daprd adds all but the id to an event that it publishes; another publisher may add none. */
const required = ['id', 'source', 'type', 'specversion']

function jsonOrText(base64: string): unknown {
  const bytes = bytesOf(base64)
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return bytes
  }
  try {
    return parseExactly(text)
  } catch {
    return text
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A copy, since a Buffer may be a view of memory that it shares with others. */
function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}
