import { type Carrier, inSpan, isTracing } from '../tracing.ts'
import type { CloudEvent } from './cloud-event.ts'
import { type Handled, outcomeOf } from './outcome.ts'

/**
 * Runs the handler of an event in its span, whose parent is the publisher's.
 * Source: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function inEventSpan(
  topic: string,
  { event, request }: { event: CloudEvent; request: Request },
  handle: () => Handled,
): Handled {
  // What only a span asks for would be a good part of the time that a delivery takes.
  if (!isTracing()) return handle()
  return inSpan(
    () => ({
      ...description(topic),
      attributes: { ...attributesOf(topic), 'messaging.message.id': event.id },
      parent: carrierOf(event, request.headers),
    }),
    async fail => {
      const outcome = outcomeOf(await handle())
      if (outcome && 'retry' in outcome) fail(outcome.retry)
      return outcome
    },
  )
}

/** Runs the handler of a bulk in one span, with a link to the publisher's of each entry. */
export async function inBulkSpan<Result>(
  topic: string,
  events: CloudEvent[],
  handle: () => Promise<Result>,
): Promise<Result> {
  return await inSpan(
    () => ({
      ...description(topic),
      attributes: { ...attributesOf(topic), 'messaging.batch.message_count': events.length },
      links: events.map(event => carrierOf(event)),
    }),
    handle,
  )
}

function description(topic: string) {
  return { name: `process ${topic}`, kind: 'consumer' } as const
}

function attributesOf(topic: string) {
  return {
    'messaging.system': 'dapr',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
  }
}

/** The headers tell of daprd's own span, and only where daprd traces; a bulk's are those of its last entry. */
function carrierOf(event: object, headers?: Headers): Carrier {
  const attributes = event as Record<string, unknown>
  const text = (key: string) => (typeof attributes[key] === 'string' && attributes[key]) || undefined
  return key => {
    const ofTrace = key === 'baggage' ? key : 'traceparent'
    return text(ofTrace) ? text(key) : (headers?.get(key) ?? undefined)
  }
}
