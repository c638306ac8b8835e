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

/** Settings that metadata.yaml requires and the code does not. */
const notRequired: [types: string[], settings: string[], source: string][] = [
  [
    ['state.mongodb'],
    ['username', 'password'],
    'state/mongodb/mongodb.go, getMongoConnectionString: a server without accounts needs neither',
  ],
  [['state.etcd'], ['ca', 'cert', 'key'], 'state/etcd/etcd.go: only with tlsEnable'],
  [['state.ravendb'], ['connectionString'], 'state/ravendb/ravendb.go: serverUrl is what it reads'],
  [['pubsub.jetstream'], ['deliverPolicy'], 'pubsub/jetstream/metadata.go, parseMetadata: all by default'],
  [
    ['pubsub.kubemq', 'bindings.kubemq'],
    ['authToken'],
    'pubsub/kubemq/metadata.go: a server may ask for none',
  ],
  [
    ['bindings.mqtt3'],
    ['caCert', 'clientCert', 'clientKey'],
    'bindings/mqtt3/metadata.go: only where the broker speaks TLS, as in pubsub.mqtt3',
  ],
  [['bindings.influx'], ['measurement'], 'bindings/influx/influx.go: comes with the data'],
  [
    ['secretstores.hashicorp.vault'],
    ['vaultTokenMountPath'],
    'secretstores/hashicorp/vault/vault.go, initVaultToken: vaultToken does as well',
  ],
]

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
    types: kafka,
    profile: { title: 'The older form', settings: [{ name: 'authRequired', required: true }] },
    source: 'common/component/kafka/metadata.go, upgradeMetadata: takes the place of authType',
  },
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
  ...notRequired.flatMap(([types, settings, source]) =>
    settings.map(setting => ({ types, setting, as: { required: false }, source })),
  ),
  {
    types: ['bindings.mqtt3'],
    setting: 'qos',
    as: { type: 'number' },
    source: 'bindings/mqtt3/metadata.go: deprecated, and passed over with a warning',
  },
  {
    types: ['bindings.azure.eventhubs'],
    setting: 'consumerID',
    as: { aliases: ['consumerGroup'] },
    source: 'common/component/azure/eventhubs/metadata.go: an alias',
  },
  {
    types: ['bindings.azure.eventgrid'],
    setting: 'subscriptionID',
    as: {},
    source: 'bindings/azure/eventgrid/eventgrid.go: or azureSubscriptionID',
  },
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
