import type { Profile, Setting } from './component-metadata.ts'

type Correction = {
  /** As daprd registers them. */
  types: readonly string[]
  /** Where the code says otherwise, in components-contrib 1.18.3 unless named. */
  source: string
} & (
  | {
      setting: string
      /** Replaces what metadata.yaml says, or adds the setting. */
      as: Partial<Omit<Setting, 'name'>>
    }
  | {
      /** Another way to authenticate. */
      profile: Profile
    }
)

const postgres = ['state.postgresql', 'configuration.postgresql', 'bindings.postgres']
const redis = ['state.redis', 'lock.redis', 'configuration.redis']
const kafka = ['pubsub.kafka', 'bindings.kafka']

/** Where a metadata.yaml is wrong about its own component: the code was read, and wins. */
export const corrections: readonly Correction[] = [
  {
    types: postgres,
    profile: { title: 'Host and user', settings: [{ name: 'host', required: true }] },
    source: 'common/authentication/postgresql/metadata.go, buildConnectionString: takes the parts as well',
  },
  {
    types: postgres,
    setting: 'password',
    as: { sensitive: true },
    source: 'common/authentication/postgresql/metadata.go: a password',
  },
  {
    types: ['bindings.http'],
    setting: 'securityToken',
    as: { sensitive: true },
    source: 'bindings/http/metadata.yaml: preferably injected from a secret store, by its own example',
  },
  {
    types: kafka,
    setting: 'schemaRegistryAPISecret',
    as: { sensitive: true },
    source: 'common/component/kafka/metadata.go: a password',
  },
  {
    types: kafka,
    setting: 'authRequired',
    as: { type: 'bool' },
    source: 'common/component/kafka/metadata.go, upgradeMetadata: the older form of authType',
  },
  {
    types: kafka,
    setting: 'producerRequiredAcks',
    as: { allowed: ['all', 'local', 'none'] },
    source: 'common/component/kafka/metadata.go, getKafkaMetadata',
  },
  ...['initialOffset', 'caCert', 'excludeHeaderMetaRegex', 'consumerFetchMin', 'consumerFetchDefault'].map(
    setting => ({
      types: kafka,
      setting,
      as: { exact: true as const },
      source: 'common/component/kafka/metadata.go, getKafkaMetadata: read from the map, not decoded',
    }),
  ),
  {
    types: ['pubsub.rabbitmq'],
    setting: 'exchangeKind',
    as: { allowed: ['fanout', 'topic', 'direct', 'headers'] },
    source: 'pubsub/rabbitmq/metadata.go, exchangeKindValid',
  },
  {
    types: ['pubsub.rabbitmq'],
    setting: 'host',
    as: { exact: true, sensitive: true },
    source: 'pubsub/rabbitmq/metadata.go, createMetadata: the older form of connectionString',
  },
  {
    types: ['pubsub.rabbitmq', 'pubsub.jetstream', 'pubsub.aws.snssqs'],
    setting: 'concurrencyMode',
    as: { exact: true, allowed: ['single', 'parallel'] },
    source: 'pubsub/concurrency.go: the name that is read, whatever metadata.yaml calls it',
  },
  {
    types: redis,
    setting: 'maxRetries',
    as: { exact: true, type: 'number' },
    source: 'common/component/redis/redis.go, ParseClientFromProperties: the older form of redisMaxRetries',
  },
  {
    types: redis,
    setting: 'maxRetryBackoff',
    as: { exact: true, type: 'number' },
    source: 'common/component/redis/redis.go: the older form of redisMinRetryInterval',
  },
  {
    types: ['pubsub.redis'],
    setting: 'redeliverInterval',
    as: { exact: true },
    source: 'common/component/redis/redis.go, ParseClientFromProperties: read from the map, not decoded',
  },
  ...['username', 'password'].map(setting => ({
    types: ['state.mongodb'],
    setting,
    as: { required: false },
    source: 'state/mongodb/mongodb.go, getMongoConnectionString: a server without accounts needs neither',
  })),
  {
    types: ['state.mongodb'],
    setting: 'connectionString',
    as: { sensitive: true },
    source: 'state/mongodb/mongodb.go: has the password in it',
  },
  ...['Policy', 'Duration', 'InitialInterval', 'MaxInterval', 'MaxElapsedTime', 'MaxRetries'].map(name => ({
    types: ['pubsub.jetstream', ...kafka],
    setting: `backOff${name}`,
    as: {},
    source: 'github.com/dapr/kit 0.18.2 retry/retry.go, DecodeConfigWithPrefix "backOff"',
  })),
]
