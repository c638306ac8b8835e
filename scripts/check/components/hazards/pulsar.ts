import { isTrue } from '../values.ts'
import type { Hazard } from './hazard.ts'

const types = ['pubsub.pulsar']

export const pulsar: readonly Hazard[] = [
  {
    types,
    setting: 'persistent',
    loses: value => value !== undefined && !isTrue(value),
    why: 'keeps events in memory, and a restart of the broker loses them',
    fix: 'write "persistent" with "true"',
    source: 'pubsub/pulsar/pulsar.go, formatTopic: true by default',
  },
  {
    types,
    setting: 'subscribeMode',
    loses: value => value === 'non_durable',
    why: 'forgets an app that is away, and how far it had read',
    fix: 'write "subscribeMode" with "durable"',
    source: 'pubsub/pulsar/pulsar.go, parseSubscriptionMode',
  },
]
