import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Instance, readInstance } from '../session/instance.ts'
import { needsOfSet, serversBehind } from './backing-services.ts'

const repository = resolve(import.meta.dir, '../../..')
const variables = [
  ...['SHOP_REDIS_URL', 'SHOP_POSTGRES_URL', 'SHOP_SECRET_MY_BROKER_URL', 'SHOP_SECRET_POSTGRES_CARTS'],
  ...['SHOP_SECRET_REDIS_HOST', 'SHOP_SECRET_REDIS_PASSWORD', 'SHOP_SECRET_KAFKA_BROKERS'],
  'SHOP_SECRET_PAYMENT_PROVIDER_URL',
]

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sets-'))
  mkdirSync(join(root, 'services/orders/migrations/postgres'), { recursive: true })
  mkdirSync(join(root, 'services/insights'), { recursive: true })
})
afterEach(() => {
  rmSync(root, { recursive: true })
  for (const name of variables) delete process.env[name]
})

/** A set `mine` with a component for each list of secrets. */
function instanceWith(components: Record<string, string[]>): Instance {
  mkdirSync(join(root, 'components/mine'), { recursive: true })
  for (const [name, secrets] of Object.entries(components)) {
    const metadata = secrets.map(
      secret => `    - name: ${secret}\n      secretKeyRef: { name: ${secret}, key: ${secret} }`,
    )
    const lines = ['kind: Component', 'metadata:', `  name: ${name}`, 'spec:', '  metadata:', ...metadata]
    writeFileSync(join(root, `components/mine/${name}.yaml`), `${lines.join('\n')}\n`)
  }
  return readInstance({ root, env: { SHOP_SET: 'mine', SHOP_PORT_OFFSET: '600' } })
}

const namesOf = (instance: Instance) => needsOfSet(instance).services.map(({ name }) => name)

test('a server runs because a component refers to its secrets, whatever the set is called', () => {
  const instance = instanceWith({ pubsub: ['redis-host', 'redis-password'], carts: ['postgres-carts'] })
  expect(namesOf(instance)).toEqual(['PostgreSQL', 'Redis'])
  expect(serversBehind(instance, 'pubsub')).toEqual(['redis'])
  expect(serversBehind(instance, 'carts')).toEqual(['postgres'])
  const [postgres, redis] = needsOfSet(instance).services
  expect(redis?.secrets).toMatchObject({ 'redis-host': '127.0.0.1:9114' })
  expect(redis?.servers[0]?.ports).toEqual([{ port: 9114, use: 'Redis' }])
  expect(postgres?.secrets).toEqual({
    'postgres-carts': expect.stringMatching(/^postgres:\/\/carts:[\w-]{43}@127\.0\.0\.1:9115\/carts$/),
    'orders-database': expect.stringMatching(/^postgres:\/\/orders:[\w-]{43}@127\.0\.0\.1:9115\/orders$/),
  })
})

test('a set that refers to nothing needs nothing', () => {
  expect(namesOf(instanceWith({ carts: [] }))).toEqual([])
})

test('a server that is given is not started', () => {
  process.env.SHOP_REDIS_URL = 'redis://:a%2Fb@redis.test'
  process.env.SHOP_POSTGRES_URL = 'postgres://admin:secret@db.test:6000/postgres?sslmode=require'
  const { services } = needsOfSet(instanceWith({ pubsub: ['redis-host'], carts: ['postgres-carts'] }))
  expect(services.flatMap(({ servers }) => servers)).toEqual([])
  const [postgres, redis] = services
  expect(redis?.secrets).toEqual({ 'redis-host': 'redis.test:6379', 'redis-password': 'a/b' })
  expect(postgres?.secrets['postgres-carts']).toMatch(
    /^postgres:\/\/carts:[\w-]{43}@db\.test:6000\/carts\?sslmode=require$/,
  )
})

test('a secret that nobody provides is told with its place, and can be given', () => {
  const instance = instanceWith({ pubsub: ['my-broker-url'] })
  expect(() => needsOfSet(instance)).toThrow(
    "components/mine/pubsub.yaml:7: nobody provides the secret 'my-broker-url' of the component pubsub. " +
      'Set it in the environment: SHOP_SECRET_MY_BROKER_URL=…',
  )
  process.env.SHOP_SECRET_MY_BROKER_URL = 'amqp://elsewhere'
  expect(needsOfSet(instance)).toEqual({ services: [], given: { 'my-broker-url': 'amqp://elsewhere' } })
})

test('a set that there is not is an error that names those that there are', () => {
  const instance = { ...instanceWith({}), set: 'rediss' }
  expect(() => needsOfSet(instance)).toThrow("There is no component set 'rediss'; use one of mine")
})

test('what is no address of such a server is refused, and its password not shown', () => {
  process.env.SHOP_REDIS_URL = 'http://:hidden@redis.test'
  const instance = instanceWith({ pubsub: ['redis-host'] })
  expect(() => needsOfSet(instance)).toThrow(
    'SHOP_REDIS_URL is no address. Write it like redis://:PASSWORD@HOST:6379, or unset it.',
  )
})

test('a user in the address of Redis is refused, since the components would not log in as it', () => {
  const instance = instanceWith({ pubsub: ['redis-host'] })
  process.env.SHOP_REDIS_URL = 'redis://me:hidden@redis.test'
  expect(() => needsOfSet(instance)).toThrow(
    "SHOP_REDIS_URL names the user 'me', but the components log in as Redis' default user. Leave the user out, or set " +
      'redisUsername in a set of your own and give SHOP_SECRET_REDIS_HOST and SHOP_SECRET_REDIS_PASSWORD instead.',
  )
  process.env.SHOP_REDIS_URL = 'redis://default:hidden@redis.test'
  expect(needsOfSet(instance).services[0]?.secrets['redis-password']).toBe('hidden')
})

const redis = ['redis-host', 'redis-password']
const kafka = ['kafka-brokers', 'kafka-user', 'kafka-password']
const provider = ['payment-provider-url', 'payment-provider-key']

test.each([
  [
    redis,
    'SHOP_SECRET_REDIS_PASSWORD',
    'components/mine/one.yaml:7: Redis is given in part: SHOP_SECRET_REDIS_PASSWORD without SHOP_SECRET_REDIS_HOST. ' +
      'Set that too, or unset what is set and give it in SHOP_REDIS_URL.',
  ],
  [
    redis,
    'SHOP_SECRET_REDIS_HOST',
    'components/mine/one.yaml:9: Redis is given in part: SHOP_SECRET_REDIS_HOST without SHOP_SECRET_REDIS_PASSWORD. ',
  ],
  [
    kafka,
    'SHOP_SECRET_KAFKA_BROKERS',
    'SHOP_SECRET_KAFKA_BROKERS without SHOP_SECRET_KAFKA_USER and SHOP_SECRET_KAFKA_PASSWORD. Set that too, or unset ' +
      'what is set and give it in SHOP_KAFKA_BROKERS, SHOP_KAFKA_USER and SHOP_KAFKA_PASSWORD.',
  ],
  [
    provider,
    'SHOP_SECRET_PAYMENT_PROVIDER_URL',
    'SHOP_SECRET_PAYMENT_PROVIDER_URL without SHOP_SECRET_PAYMENT_PROVIDER_KEY. Set that too, or unset what is set.',
  ],
])('of %p, %s alone is refused', (secrets, variable, message) => {
  process.env[variable] = 'mine'
  const instance = instanceWith({ one: secrets, two: secrets })
  expect(() => needsOfSet(instance)).toThrow(message)
})

test('a part is enough where no component refers to another', () => {
  process.env.SHOP_SECRET_REDIS_HOST = 'mine:6379'
  expect(needsOfSet(instanceWith({ pubsub: ['redis-host'] })).given).toEqual({ 'redis-host': 'mine:6379' })
})

test('one database can be elsewhere, and the others on the server of the run', () => {
  process.env.SHOP_SECRET_POSTGRES_CARTS = 'postgres://elsewhere/carts'
  const { services, given } = needsOfSet(
    instanceWith({ carts: ['postgres-carts'], workflows: ['postgres-workflows'] }),
  )
  expect(given).toEqual({ 'postgres-carts': 'postgres://elsewhere/carts' })
  expect(services.map(({ name, secrets }) => [name, Object.keys(secrets)])).toEqual([
    ['PostgreSQL', ['postgres-workflows', 'orders-database']],
  ])
})

test('each set of the repository needs servers that somebody provides', () => {
  for (const set of ['embedded', 'redis', 'postgres-rabbitmq', 'kafka']) {
    const instance = readInstance({ root: repository, env: { SHOP_SET: set } })
    expect(serversBehind(instance, 'pubsub')).not.toEqual([])
  }
})
