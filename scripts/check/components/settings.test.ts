import { expect, test } from 'bun:test'
import { findingsOf } from './shop-fixture.ts'

const sqlite = { connectionString: 'file:carts.db', busyTimeout: '20s' }
const mqtt = { url: 'secret:broker-url' }
const kafka = { brokers: '127.0.0.1:9092', initialOffset: 'oldest' }
const unwritten =
  'put it into the secret store, and write "secretKeyRef: { name: …, key: … }" in place of the value'

const wrong: [type: string, settings: Record<string, string>, findings: string[]][] = [
  [
    'state.sqlite',
    { busyTimeout: '20s' },
    ['1: state.sqlite needs connectionString; add "- name: connectionString" to spec.metadata'],
  ],
  [
    'state.sqlite',
    { ...sqlite, connectionString: '' },
    ['1: state.sqlite needs connectionString; add "- name: connectionString" to spec.metadata'],
  ],
  ['state.redis', {}, ['1: state.redis needs redisHost; add "- name: redisHost" to spec.metadata']],
  [
    'state.sqlite',
    { ...sqlite, bussyTimeout: '1s' },
    ['10: state.sqlite knows no bussyTimeout; did you mean busyTimeout?'],
  ],
  [
    'state.sqlite',
    { ...sqlite, redisHost: 'localhost' },
    [
      '10: state.sqlite knows no redisHost; remove it: https://docs.dapr.io/reference/components-reference/ has the known ones',
    ],
  ],
  [
    'state.sqlite',
    { ...sqlite, disableWAL: 'flase' },
    ['10: disableWAL is "flase"; write "true" or "false"'],
  ],
  [
    'state.sqlite',
    { ...sqlite, timeout: 'soon' },
    ['10: timeout is "soon"; write a duration, e.g. "20s" or "1m30s"'],
  ],
  [
    'state.sqlite',
    { ...sqlite, actorStateStore: 'ture' },
    ['10: actorStateStore is "ture"; write "true" or "false"'],
  ],
  ['state.redis', { redisHost: 'localhost', redisDB: 'one' }, ['9: redisDB is "one"; write a number']],
  [
    'state.redis',
    { redisHost: 'localhost', redisType: 'ring' },
    ['9: redisType is "ring"; write one of node, cluster'],
  ],
  ['pubsub.mqtt3', { ...mqtt, qos: '3' }, ['9: qos is "3"; write one of 0, 1, 2']],
  [
    'pubsub.mqtt3',
    { ...mqtt, consumerId: '{appID}' },
    ['9: consumerId is read only where it is written as consumerID; write "name: consumerID"'],
  ],
  [
    'pubsub.kafka',
    { brokers: kafka.brokers, authType: 'none', initialoffset: 'oldest' },
    ['10: initialoffset is read only where it is written as initialOffset; write "name: initialOffset"'],
  ],
  ['pubsub.kafka', kafka, ['1: pubsub.kafka needs authType; add "- name: authType" to spec.metadata']],
  [
    'pubsub.kafka',
    { ...kafka, authType: 'password', saslUsername: 'shop' },
    ['1: pubsub.kafka needs saslPassword; add "- name: saslPassword" to spec.metadata'],
  ],
  [
    'pubsub.kafka',
    { ...kafka, authType: 'passwort', saslUsername: 'shop', saslPassword: 'secret:kafka' },
    ['10: authType is "passwort"; write one of oidc, oidc_private_key_jwt, password, mtls, none, awsiam'],
  ],
  [
    'state.postgresql/v2',
    {},
    ['1: state.postgresql needs connectionString; add "- name: connectionString" to spec.metadata'],
  ],
  [
    'pubsub.mqtt3',
    { url: 'tcp://127.0.0.1:1883' },
    [`8: url is written out, and everybody who reads the file can use it; ${unwritten}`],
  ],
  [
    'state.postgresql/v2',
    { host: 'localhost', password: 'guess' },
    [`9: password is written out, and everybody who reads the file can use it; ${unwritten}`],
  ],
  [
    'state.postgresql/v2',
    { connectionString: 'secret:azure', useAzureAD: 'true', azureClientSecret: 'guess' },
    [`10: azureClientSecret is written out, and everybody who reads the file can use it; ${unwritten}`],
  ],
  [
    'state.mongodb',
    { server: 'mongodb://shop:guess@localhost' },
    [`8: server is written out, and everybody who reads the file can use it; ${unwritten}`],
  ],
]

test.each(wrong)('%s with %j', async (type, settings, findings) => {
  expect(await findingsOf(type, settings)).toEqual(findings)
})

const right: [what: string, type: string, settings: Record<string, string>][] = [
  ['names in other letters', 'state.sqlite', { ConnectionString: 'file:carts.db', BUSYTIMEOUT: '20s' }],
  ['an alias', 'state.sqlite', { url: 'file:carts.db', busyTimeout: '20s', timeoutInSeconds: '30' }],
  [
    'what daprd itself reads',
    'state.sqlite',
    { ...sqlite, keyPrefix: 'name', outboxPublishPubsub: 'pubsub', outboxPublishTopic: 'orders' },
  ],
  ['a name that only the code has', 'pubsub.mqtt3', { ...mqtt, consumerID: '{appID}' }],
  ['a way to authenticate that needs nothing', 'state.redis', { redisHost: 'localhost' }],
  [
    'a password by reference',
    'state.redis',
    { redisHost: 'localhost', redisPassword: 'secret:redis-password' },
  ],
  [
    'one of several ways',
    'pubsub.kafka',
    {
      ...kafka,
      authType: 'password',
      saslUsername: 'shop',
      saslPassword: 'secret:kafka',
      saslMechanism: 'SHA-512',
      disableTls: 'true',
    },
  ],
  ['the older form of a way', 'pubsub.kafka', { ...kafka, authRequired: 'false' }],
  [
    'names of Azure that stand for each other',
    'state.azure.blobstorage',
    { storageAccount: 'shop', storageAccessKey: 'secret:azure', container: 'carts' },
  ],
  ['another of several ways', 'pubsub.kafka', { ...kafka, authType: 'None' }],
  [
    'the parts of a connection string',
    'state.postgresql/v2',
    { host: 'localhost', user: 'shop', password: 'secret:postgres' },
  ],
  ['a server without accounts, whose file requires one', 'state.mongodb', { host: 'localhost:27017' }],
  ['a connection string by reference', 'state.postgresql/v2', { connectionString: 'secret:postgres-carts' }],
]

test.each(right)('%s', async (_, type, settings) => {
  expect(await findingsOf(type, settings)).toEqual([])
})
