import { isJsonType } from '../json-type.ts'
import { injectTrace } from '../tracing.ts'
import { isPlain, type Payload, payloadOf, toBase64 } from './publish-payload.ts'

/** What an event can have beside its data. */
export interface EventOptions {
  /** CloudEvent id: consumers recognise a repeated event by it. @default made by the sidecar */
  id?: string
  /** CloudEvent source. @default the app ID of the sidecar */
  source?: string
  /** CloudEvent type. @default `com.dapr.event.sent` */
  type?: string
  /** CloudEvent subject. */
  subject?: string
  /** Seconds after which nobody gets the event any more. @default as the component has it */
  ttl?: number
  /** Settings for this event that the component defines, such as `{ partitionKey: 'a' }`. */
  metadata?: Readonly<Record<string, string>>
  /**
   * Media type of the data. A string of a type that is not JSON goes as it is.
   * @default `application/octet-stream` for a Uint8Array, `application/json` for anything else
   */
  contentType?: string
}

/** An event as daprd takes it. */
export interface Message extends Payload {
  metadata: Record<string, string>
}

/** `traceparent`, `tracestate` and `baggage` of the active context, as far as there are any. */
export type Trace = Partial<Record<(typeof traceKeys)[number], string>>

const traceKeys = ['traceparent', 'tracestate', 'baggage'] as const

export function activeTrace(): Trace {
  const trace: Trace = {}
  injectTrace((name, value) => {
    const key = traceKeys.find(key => key === name)
    if (key && value !== '') trace[key] = value
  })
  return trace
}

/**
 * An event whose envelope daprd makes, or which has one already when it needs what daprd has no parameter for: baggage,
 * and the media types that daprd would make a text of.
 * @throws TypeError
 */
export async function messageOf(
  data: unknown,
  event: EventOptions,
  { trace, appId }: { trace: Trace; appId: () => Promise<string> },
): Promise<Message> {
  const { id, source, type, subject, ttl, metadata } = event
  const payload = payloadOf(data, event.contentType)
  const settings = { ...metadata, ...(ttl !== undefined && { ttlInSeconds: secondsOf(ttl) }) }
  if (trace.baggage === undefined && isPlain(payload)) {
    const attributes = {
      id,
      source,
      type,
      subject,
      traceparent: trace.traceparent,
      tracestate: trace.tracestate,
    }
    return { ...payload, metadata: { ...settings, ...prefixed('cloudevent.', attributes) } }
  }
  const body = envelopeOf(payload, { ...event, source: source ?? (await appId()) }, trace)
  return { body, contentType: 'application/cloudevents+json', metadata: settings }
}

/** @throws TypeError for what only an envelope can have */
export function rawMessageOf(data: unknown, event: EventOptions, { trace }: { trace: Trace }): Message {
  const { metadata, ttl, contentType, ...attributes } = event
  const [attribute] = Object.keys(prefixed('', attributes))
  if (attribute) throw new TypeError(`a raw event has no ${attribute}: that is what an envelope is for`)
  const settings = { ...metadata, ...(ttl !== undefined && { ttlInSeconds: secondsOf(ttl) }) }
  // Brokers that keep metadata deliver these as headers.
  return { ...payloadOf(data, contentType), metadata: { rawPayload: 'true', ...settings, ...trace } }
}

function secondsOf(ttl: number): string {
  if (Number.isSafeInteger(ttl) && ttl > 0) return String(ttl)
  throw new TypeError(`${ttl} is no ttl of an event: it has to be a whole number of seconds from 1 on`)
}

function prefixed(prefix: string, values: Record<string, string | undefined>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) result[`${prefix}${key}`] = value
  return result
}

/** Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function envelopeOf(payload: Payload, event: EventOptions, trace: Trace): string {
  const { id = crypto.randomUUID(), source, type = 'com.dapr.event.sent', subject } = event
  const { body, contentType } = payload
  // Without `traceid` daprd would set its own span in the place of the active one.
  const traced = { ...trace, ...(trace.traceparent && { traceid: trace.traceparent }) }
  const attributes = {
    specversion: '1.0',
    id,
    source,
    type,
    subject,
    datacontenttype: contentType,
    ...traced,
  }
  const value = typeof body === 'string' && isJsonType(contentType) ? body : JSON.stringify(body)
  const data = typeof body === 'string' ? `"data":${value}` : `"data_base64":"${toBase64(payload)}"`
  return `${JSON.stringify(attributes).slice(0, -1)},${data}}`
}
