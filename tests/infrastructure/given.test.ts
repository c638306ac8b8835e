import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { postgresMissing, startPostgres } from '@shop/local-postgres'
import pg from 'pg'
import { needsOfSet } from '../../scripts/supervisor/backing-services/backing-services.ts'
import { checkGiven, infrastructureOf } from '../../scripts/supervisor/infrastructure/infrastructure.ts'
import { readInstance } from '../../scripts/supervisor/session/instance.ts'
import { noRedis, type Redis, startRedis } from '../conformance/redis.ts'

const root = resolve(import.meta.dir, '../..')
const signal = AbortSignal.timeout(600_000)
const why = (reason: string | undefined) => (reason ? ` (${reason})` : '')

let redis: Redis
beforeAll(async () => {
  if (!noRedis) redis = await startRedis()
}, 120_000)
afterAll(() => redis?.[Symbol.asyncDispose]())
afterEach(() => {
  delete process.env.SHOP_REDIS_URL
  delete process.env.SHOP_POSTGRES_URL
  for (const name of Object.keys(process.env)) if (name.startsWith('SHOP_SECRET_')) delete process.env[name]
})

const serviceOf = (set: string, name: string) => {
  const service = needsOfSet(readInstance({ root, env: { SHOP_SET: set } })).services.find(
    each => each.name === name,
  )
  if (!service) throw new Error(`${set} needs no ${name}`)
  return service
}

test.skipIf(!!noRedis)(`a Redis that is given is used as it is${why(noRedis)}`, async () => {
  process.env.SHOP_REDIS_URL = redis.url
  const { servers, prepare } = serviceOf('redis', 'Redis')
  expect(servers).toEqual([])
  await prepare?.(signal)
})

test.skipIf(!!noRedis)(
  `one that refuses the password is told at once, without it${why(noRedis)}`,
  async () => {
    const host = new URL(redis.url).host
    process.env.SHOP_REDIS_URL = `redis://:mistaken@${host}`
    const started = performance.now()
    const error = await serviceOf('redis', 'Redis')
      .prepare?.(signal)
      .catch(reason => reason)
    expect(error.message).toMatch(
      new RegExp(
        `^components/redis/carts.yaml:10: Redis at ${host} cannot be used: .*(WRONGPASS|AUTH|password).* Start it, or correct SHOP_REDIS_URL.`,
        'i',
      ),
    )
    expect(error.message).not.toContain('mistaken')
    expect(performance.now() - started).toBeLessThan(10_000)
  },
)

test.skipIf(!!postgresMissing)(
  `so is a PostgreSQL that refuses it${why(postgresMissing)}`,
  async () => {
    await using server = await startPostgres()
    const url = new URL(server.url())
    url.password = 'mistaken'
    process.env.SHOP_POSTGRES_URL = url.href
    const error = await serviceOf('postgres-rabbitmq', 'PostgreSQL')
      .prepare?.(signal)
      .catch(reason => reason)
    expect(error.message).toBe(
      `components/postgres-rabbitmq/carts.yaml:11: PostgreSQL at ${url.host} cannot be used: ` +
        `password authentication failed for user "${url.username}". ` +
        'Start it, or correct SHOP_POSTGRES_URL; its user must be allowed to create users and databases.',
    )
  },
  120_000,
)

test('servers that are down are told at once', async () => {
  // port 1 of loopback is nobody's
  process.env.SHOP_REDIS_URL = 'redis://:secret@127.0.0.1:1'
  process.env.SHOP_POSTGRES_URL = 'postgres://postgres:secret@127.0.0.1:1/postgres'
  for (const [set, line, name] of [
    ['redis', 10, 'Redis'],
    ['postgres-rabbitmq', 11, 'PostgreSQL'],
  ] as const) {
    const error = await serviceOf(set, name)
      .prepare?.(signal)
      .catch(reason => reason)
    expect(error.message).toStartWith(
      `components/${set}/carts.yaml:${line}: ${name} at 127.0.0.1:1 cannot be used: `,
    )
    expect(error.message).toContain('Start it, or correct SHOP_')
    expect(error.message).not.toContain('secret')
  }
}, 30_000)

test.skipIf(!!postgresMissing)(
  `in a PostgreSQL that is given, each store has a database and a user that sees no other${why(postgresMissing)}`,
  async () => {
    await using server = await startPostgres()
    process.env.SHOP_POSTGRES_URL = server.url()
    const earlier = serviceOf('postgres-rabbitmq', 'PostgreSQL')
    await earlier.prepare?.(signal)
    // a second run has other passwords
    const { secrets, prepare } = serviceOf('postgres-rabbitmq', 'PostgreSQL')
    await prepare?.(signal)
    expect(Object.keys(secrets).sort()).toEqual([
      ...['catalog-database', 'inventory-database', 'orders-database', 'payments-database'],
      ...['postgres-carts', 'postgres-shipments', 'postgres-workflows'],
    ])
    for (const url of Object.values(secrets)) expect(await ask(url)).toBe('made')
    const other = new URL(secrets['orders-database'] as string)
    other.pathname = '/payments'
    await expect(ask(other.href)).rejects.toThrow('permission denied for database "payments"')
    await expect(ask(earlier.secrets['orders-database'] as string)).rejects.toThrow('password')
  },
  120_000,
)

/** What a start says of the set before anything starts. */
const refusalOf = (set: string) =>
  checkGiven(infrastructureOf(readInstance({ root, env: { SHOP_SET: set } })), signal).then(
    () => undefined,
    (error: Error) => error.message,
  )

test.skipIf(!!noRedis)(`a Redis that is given by its secrets is asked as well${why(noRedis)}`, async () => {
  const { host, password } = new URL(redis.url)
  Object.assign(process.env, { SHOP_SECRET_REDIS_HOST: host, SHOP_SECRET_REDIS_PASSWORD: password })
  expect(await refusalOf('redis')).toBeUndefined()
  const started = performance.now()
  process.env.SHOP_SECRET_REDIS_PASSWORD = 'mistaken'
  const said = await refusalOf('redis')
  expect(said).toMatch(
    /^components\/redis\/\w+\.yaml:10: Redis at 127\.0\.0\.1:\d+ cannot be used: WRONGPASS .*\. Start it, or correct SHOP_SECRET_REDIS_HOST and SHOP_SECRET_REDIS_PASSWORD\.$/,
  )
  expect(said).not.toContain('mistaken')
  expect(performance.now() - started).toBeLessThan(10_000)
})

test.skipIf(!!postgresMissing)(
  `so is a PostgreSQL, by the secret of each store${why(postgresMissing)}`,
  async () => {
    await using server = await startPostgres()
    const url = new URL(server.url())
    const stores = ['CARTS', 'SHIPMENTS', 'WORKFLOWS']
    for (const store of stores) process.env[`SHOP_SECRET_POSTGRES_${store}`] = url.href
    process.env.SHOP_SECRET_RABBITMQ_URL = 'amqp://me:secret@127.0.0.1:1'
    expect(await refusalOf('postgres-rabbitmq')).toMatch(
      /^components\/postgres-rabbitmq\/pubsub\.yaml:11: RabbitMQ at 127\.0\.0\.1:1 cannot be used: .* Start it, or correct SHOP_SECRET_RABBITMQ_URL\.$/,
    )
    delete process.env.SHOP_SECRET_RABBITMQ_URL
    expect(await refusalOf('postgres-rabbitmq')).toBeUndefined()
    url.password = 'mistaken'
    process.env.SHOP_SECRET_POSTGRES_SHIPMENTS = url.href
    expect(await refusalOf('postgres-rabbitmq')).toBe(
      `components/postgres-rabbitmq/shipments.yaml:11: PostgreSQL at ${url.host} cannot be used: ` +
        `password authentication failed for user "${url.username}". ` +
        'Start it, or correct SHOP_SECRET_POSTGRES_SHIPMENTS.',
    )
  },
  120_000,
)

async function ask(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query('CREATE TABLE made (it text)')
    await client.query('DROP TABLE made')
    return 'made'
  } finally {
    await client.end()
  }
}
