import { milliseconds } from '../values.ts'
import type { Hazard } from './hazard.ts'

const types = ['pubsub.redis']

export const redis: readonly Hazard[] = [
  ...['redeliverInterval', 'processingTimeout'].map(setting => ({
    types,
    setting,
    loses: (value: string | undefined) => value !== undefined && milliseconds(value, 1) === 0,
    why: 'leaves an event that a killed sidecar was handling with it for ever',
    fix: `write a duration, e.g. "60s", or remove ${setting}`,
    source: 'pubsub/redis/redis.go, reclaimPendingMessagesLoop: 0 turns redelivery off',
  })),
  {
    types,
    setting: 'maxLenApprox',
    loses: value => Number(value ?? 0) > 0,
    why: 'trims the stream, events that nobody has read yet included',
    fix: 'remove it',
    source: 'pubsub/redis/redis.go, Publish: XADD with MAXLEN',
  },
  {
    types,
    setting: 'streamTTL',
    // as long as a broker that keeps events for a time keeps them is no loss: the default of Kafka is a week
    loses: value =>
      value !== undefined && milliseconds(value, 1) > 0 && milliseconds(value, 1) < 24 * 3_600_000,
    why: 'removes events after that time, those of an app that is away included',
    fix: 'write a week, "168h", or remove it',
    source: 'common/component/redis/settings.go, GetMinID: XADD with MINID',
  },
  {
    types: ['state.redis'],
    setting: 'ttlInSeconds',
    loses: value => Number(value ?? 0) > 0,
    why: 'lets everything expire that is saved without a time to live of its own',
    fix: 'remove it, and give a time to live with the value',
    source: 'state/redis/redis.go, parseTTL and setValue',
  },
]
