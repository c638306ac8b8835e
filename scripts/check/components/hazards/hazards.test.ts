import { describe, expect, test } from 'bun:test'
import { componentMetadata } from '../../../../dapr/install/component-metadata.ts'
import { knownTypes } from '../../../../dapr/install/known-types.ts'
import { runtimeSettings } from '../runtime-settings.ts'
import { findingsOf } from '../shop-fixture.ts'
import { hazards } from './all.ts'

/** Settings that lose nothing, by type of component. */
const safe: Record<string, Record<string, string>> = {
  'pubsub.mqtt3': { url: 'secret:broker-url', consumerID: '{appID}', qos: '1', cleanSession: 'false' },
  'pubsub.redis': {
    redisHost: 'secret:redis-host',
    redeliverInterval: '10s',
    processingTimeout: '30s',
    streamTTL: '168h',
  },
  'pubsub.rabbitmq': {
    connectionString: 'secret:rabbitmq-url',
    publisherConfirm: 'true',
    deliveryMode: '2',
    deletedWhenUnused: 'false',
    requeueInFailure: 'true',
  },
  'pubsub.kafka': {
    brokers: 'secret:kafka-brokers',
    authType: 'none',
    consumerGroup: '{appID}',
    initialOffset: 'oldest',
  },
  'pubsub.pulsar': { host: 'secret:pulsar-host', persistent: 'true', subscribeMode: 'durable' },
  'state.sqlite': { connectionString: 'file:carts.db', busyTimeout: '20s' },
  'state.redis': { redisHost: 'secret:redis-host' },
  'state.in-memory': {},
  'pubsub.in-memory': {},
  'pubsub.jetstream': { natsURL: 'secret:nats-url', durableName: '{appID}' },
}

test.each([
  'pubsub.mqtt3',
  'pubsub.redis',
  'pubsub.rabbitmq',
  'pubsub.kafka',
  'pubsub.pulsar',
  'state.sqlite',
  'state.redis',
])('%s can be used without a loss', async type => {
  expect(await findingsOf(type, safe[type] ?? {})).toEqual([])
})

/** A setting (undefined: it is left out) and the words that it is refused with. */
const refused: [type: string, setting: string, value: string | undefined, words: string][] = [
  ['pubsub.in-memory', '', undefined, 'pubsub.in-memory keeps events within one sidecar'],
  ['state.in-memory', '', undefined, 'state.in-memory forgets everything'],
  ['pubsub.mqtt3', 'qos', '0', 'qos 0 sends events without asking'],
  ['pubsub.mqtt3', 'cleanSession', 'true', 'cleanSession true has the broker forget'],
  ['pubsub.mqtt3', 'consumerID', 'shop', 'consumerID shop is one subscription for several apps'],
  ['pubsub.mqtt3', 'consumerID', '{appID}-{uuid}', 'is another subscription after each start'],
  ['pubsub.redis', 'redeliverInterval', '0', 'leaves an event that a killed sidecar was handling'],
  ['pubsub.redis', 'processingTimeout', '0s', 'leaves an event that a killed sidecar was handling'],
  ['pubsub.redis', 'maxLenApprox', '1000', 'trims the stream'],
  ['pubsub.redis', 'streamTTL', '1h', 'removes events after that time'],
  [
    'pubsub.rabbitmq',
    'publisherConfirm',
    undefined,
    'without publisherConfirm, pubsub.rabbitmq answers a publisher',
  ],
  ['pubsub.rabbitmq', 'publisherConfirm', 'false', 'publisherConfirm false answers a publisher'],
  ['pubsub.rabbitmq', 'deliveryMode', undefined, 'keeps events in memory'],
  ['pubsub.rabbitmq', 'deliveryMode', '1', 'keeps events in memory'],
  ['pubsub.rabbitmq', 'durable', 'false', 'lets a restart of the broker lose the queues'],
  ['pubsub.rabbitmq', 'deletedWhenUnused', undefined, 'deletes the queue'],
  ['pubsub.rabbitmq', 'deletedWhenUnused', 'true', 'deletes the queue'],
  ['pubsub.rabbitmq', 'autoAck', 'true', 'before they are handled'],
  ['pubsub.rabbitmq', 'requeueInFailure', undefined, 'throws away an event whose handler fails'],
  ['pubsub.rabbitmq', 'requeueInFailure', 'false', 'throws away an event whose handler fails'],
  ['pubsub.rabbitmq', 'maxLen', '100', 'drops the oldest events'],
  ['pubsub.rabbitmq', 'maxLenBytes', '100', 'drops the oldest events'],
  ['pubsub.rabbitmq', 'ttlInSeconds', '60', 'has not handled in time'],
  ['pubsub.kafka', 'initialOffset', undefined, 'passes over what was published before'],
  ['pubsub.kafka', 'initialOffset', 'newest', 'passes over what was published before'],
  ['pubsub.kafka', 'producerRequiredAcks', 'local', 'before the replicas have the event'],
  ['pubsub.kafka', 'consumeRetryEnabled', 'false', 'goes on to the next event'],
  ['pubsub.kafka', 'consumerGroup', '{podName}', 'is another subscription after each start'],
  ['pubsub.jetstream', '', undefined, 'one topic for each consumer'],
  ['pubsub.jetstream', 'memoryStorage', 'true', 'keeps in memory how far'],
  ['pubsub.jetstream', 'ackPolicy', 'none', 'counts events as handled'],
  ['pubsub.jetstream', 'deliverPolicy', 'new', 'passes over what was published'],
  ['pubsub.jetstream', 'durableName', '{uuid}', 'is another subscription after each start'],
  ['pubsub.jetstream', 'queueGroupName', '{uuid}', 'is another subscription after each start'],
  ['pubsub.pulsar', 'persistent', 'false', 'keeps events in memory'],
  ['pubsub.pulsar', 'subscribeMode', 'non_durable', 'forgets an app that is away'],
  ['state.sqlite', 'busyTimeout', undefined, 'fails writes with SQLITE_BUSY'],
  ['state.sqlite', 'busyTimeout', '500ms', 'fails writes with SQLITE_BUSY'],
  ['state.sqlite', 'connectionString', 'file::memory:', 'is forgotten'],
  ['state.sqlite', 'connectionString', 'file:a.db?mode=memory', 'is forgotten'],
  ['state.sqlite', 'primaryEncryptionKey', 'secret:key', 'is no JSON'],
  ['state.redis', 'ttlInSeconds', '60', 'lets everything expire'],
]

test.each(refused)('%s with %s %p', async (type, setting, value, words) => {
  const { [setting]: _, ...others } = safe[type] ?? {}
  const findings = await findingsOf(type, value === undefined ? others : { ...others, [setting]: value })
  expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^\\d+: .*${RegExp.escape(words)}.*; .+`)))
})

test('a queue that gives what it drops to its dead letters', async () => {
  const settings = {
    ...safe['pubsub.rabbitmq'],
    requeueInFailure: 'false',
    maxLen: '100',
    enableDeadLetter: 'true',
  }
  expect(await findingsOf('pubsub.rabbitmq', settings)).toEqual([])
})

describe('each hazard is of a type and a setting that the pinned Dapr has, and is tested', () => {
  test.each(hazards.map(each => [each.types.join(), each.setting ?? '', each] as const))(
    '%s %s',
    (_, __, { types, setting }) => {
      for (const type of types.filter(each => !each.endsWith('.*'))) {
        expect([...knownTypes().keys()]).toContain(type)
        const description = componentMetadata(type, 'v1')
        const names = [
          ...(description?.settings ?? []).map(({ name }) => name),
          ...(description?.undescribed ?? []),
          ...(description?.profiles ?? []).flatMap(({ settings }) => settings.map(({ name }) => name)),
          ...runtimeSettings(type).map(({ name }) => name),
        ]
        if (setting) expect(names).toContain(setting)
      }
      expect(
        refused.some(
          ([type, name]) =>
            name === (setting ?? '') &&
            types.some(each => each === type || each === `${type.split('.')[0]}.*`),
        ),
      ).toBe(true)
    },
  )
})
