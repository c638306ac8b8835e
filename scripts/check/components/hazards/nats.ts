import { isTrue } from '../values.ts'
import type { Hazard, Use } from './hazard.ts'

const types = ['pubsub.jetstream']
const subscribe = 'pubsub/jetstream/jetstream.go, Subscribe'

/** With its dead letters, which every app with a subscription reads as well. */
function readsSeveralTopics({ users }: Use): boolean {
  return users.some(({ subscribes }) => subscribes.length > 0)
}

export const nats: readonly Hazard[] = [
  {
    types,
    loses: (_, use) => readsSeveralTopics(use),
    why: 'has one durable consumer for each component, and one topic for each consumer: an app that reads a topic and its dead letters cannot keep its place in both',
    fix: 'choose another broker, or pubsub.mqtt3 with the same server',
    source: `${subscribe}: AddConsumer with the component's durableName and the topic as FilterSubject`,
  },
  {
    types,
    setting: 'durableName',
    loses: (value, use) => (value ?? '') === '' && !readsSeveralTopics(use),
    why: 'forgets an app that is away, and how far it had read',
    fix: 'write "durableName" with "{appID}"',
    source: `${subscribe}: an ephemeral consumer`,
  },
  {
    types,
    setting: 'memoryStorage',
    loses: isTrue,
    why: 'keeps in memory how far an app has read, and a restart of the server loses it',
    fix: 'remove it',
    source: subscribe,
  },
  {
    types,
    setting: 'ackPolicy',
    loses: value => ['none', 'all'].includes(value ?? ''),
    why: 'counts events as handled that were not',
    fix: 'write "ackPolicy" with "explicit"',
    source: 'pubsub/jetstream/metadata.go, parseMetadata',
  },
  {
    types,
    setting: 'deliverPolicy',
    loses: value => ['last', 'new'].includes(value ?? ''),
    why: 'passes over what was published before an app came',
    fix: 'write "deliverPolicy" with "all"',
    source: 'pubsub/jetstream/metadata.go, parseMetadata',
  },
]
