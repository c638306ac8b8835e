import { isTrue } from '../values.ts'
import type { Hazard, Use } from './hazard.ts'

const types = ['pubsub.rabbitmq']
const metadata = 'pubsub/rabbitmq/metadata.go, createMetadata'
const queue = 'pubsub/rabbitmq/rabbitmq.go, prepareSubscription'

export const rabbitmq: readonly Hazard[] = [
  {
    types,
    setting: 'publisherConfirm',
    loses: value => !isTrue(value),
    why: 'answers a publisher before the broker has the event',
    fix: 'write "publisherConfirm" with "true"',
    source: `${metadata}: false by default`,
  },
  {
    types,
    setting: 'deliveryMode',
    loses: value => Number(value ?? 0) !== 2,
    why: 'keeps events in memory, and a restart of the broker loses them',
    fix: 'write "deliveryMode" with "2"',
    source: `${metadata}: 0 by default, transient`,
  },
  {
    types,
    setting: 'durable',
    loses: value => value !== undefined && !isTrue(value),
    why: 'lets a restart of the broker lose the queues',
    fix: 'write "durable" with "true"',
    source: `${metadata}: true by default, whatever metadata.yaml says`,
  },
  {
    types,
    setting: 'deletedWhenUnused',
    loses: value => value === undefined || isTrue(value),
    why: 'deletes the queue of an app that is away, and its events with it',
    fix: 'write "deletedWhenUnused" with "false"',
    source: `${metadata}: true by default`,
  },
  {
    types,
    setting: 'autoAck',
    loses: isTrue,
    why: 'takes events off the queue before they are handled',
    fix: 'write "autoAck" with "false"',
    source: 'pubsub/rabbitmq/rabbitmq.go, subscribeForever',
  },
  {
    types,
    setting: 'requeueInFailure',
    loses: (value, { value: other }) => !isTrue(value) && !isTrue(other('enableDeadLetter')),
    why: 'throws away an event whose handler fails',
    fix: 'write "requeueInFailure" with "true"',
    source: 'pubsub/rabbitmq/rabbitmq.go, handleMessage: Nack without requeue',
  },
  ...['maxLen', 'maxLenBytes'].map(setting => ({
    types,
    setting,
    loses: (value: string | undefined, { value: other }: Use) =>
      Number(value ?? 0) > 0 && !isTrue(other('enableDeadLetter')),
    why: 'drops the oldest events of an app that is slow or away',
    fix: 'remove it, or write "enableDeadLetter" with "true"',
    source: `${queue}: x-max-length`,
  })),
  {
    types,
    setting: 'ttlInSeconds',
    loses: (value, { value: other }) => value !== undefined && !isTrue(other('enableDeadLetter')),
    why: 'drops events that an app has not handled in time',
    fix: 'remove it, or write "enableDeadLetter" with "true"',
    source: 'pubsub/rabbitmq/rabbitmq.go, Publish: expiration',
  },
]
