import type { TSchema } from '@sinclair/typebox'
import { Type } from '@sinclair/typebox'
import {
  type CloudEvent,
  type EventContext,
  type Topic,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import { eventually } from './environment.ts'

/** A topic of the component `pubsub`. */
export function pubsubTopic<Data extends TSchema = ReturnType<typeof Type.Unknown>>(
  name: string,
  data = Type.Unknown() as unknown as Data,
): Topic<Data> {
  return topic('pubsub', name, data)
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
