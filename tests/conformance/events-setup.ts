import type { TSchema } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import {
  type CloudEvent,
  type EventContext,
  type Topic,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { eventually } from './environment.ts'

/** A topic of the component `pubsub`. */
export function pubsubTopic<Data extends TSchema = ReturnType<typeof Type.Unknown>>(
  name: string,
  data = Type.Unknown() as unknown as Data,
): Topic<Data> {
  return topic('pubsub', name, data)
}

/** Retries of what `pubsub` delivers, soon after one another. Without any, a failure goes straight to the dead letters. */
export function retries(maxRetries: number): Resource {
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'retries' },
    spec: {
      policies: { retries: { soon: { policy: 'constant', duration: '50ms', maxRetries } } },
      targets: { components: { pubsub: { inbound: { retry: 'soon' } } } },
    },
  }
}

export interface Received {
  topic: string
  data: unknown
  event: CloudEvent
  headers: Headers
}

/** Keeps what handlers get. */
export function inbox() {
  const received: Received[] = []
  return {
    received,
    /** A handler that keeps the event and acknowledges it. */
    keep({ data, event, headers }: EventContext<unknown>): void {
      received.push({ topic: event.topic, data, event, headers })
    },
    /** What has come of a topic. */
    of: ({ name }: Topic) => received.filter(({ topic }) => topic === name),
    /** The next event of a topic that fits, waited for. */
    find: ({ name }: Topic, fits: (received: Received) => boolean = () => true) =>
      eventually(() => received.find(one => one.topic === name && fits(one))),
    /** So many events of a topic. */
    count: (of: Topic, number: number) =>
      eventually(() => {
        const found = received.filter(({ topic }) => topic === of.name)
        return found.length >= number ? found : undefined
      }),
  }
}
