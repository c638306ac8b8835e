import { expect, setDefaultTimeout, test } from 'bun:test'
import { RedisClient } from 'bun'
import { Elysia } from 'elysia'
import {
  type ConfigurationItems,
  dapr as daprPlugin,
  getConfiguration,
  onConfiguration,
  type Sidecar,
  subscribeConfiguration,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually, failureOf, type Redis, redisTest, startRedis } from './environment.ts'

setDefaultTimeout(60_000)

type AppOf = (sidecar: Daprd) => Elysia

async function setUp(app?: AppOf) {
  await using cleanup = new AsyncDisposableStack()
  const redis = cleanup.use(await startRedis())
  const client = cleanup.adopt(new RedisClient(redis.url), client => client.close())
  const dapr = cleanup.use(
    await daprd({ ...(app && { app }), resources: [redis.component('settings', 'configuration.redis')] }),
  )
  const kept = cleanup.move()
  return { dapr, redis, client, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** An app that records what it is told, and what it is told last of each key. */
function recorder(options?: (sidecar: Sidecar) => Parameters<typeof onConfiguration<string>>[2]) {
  const updates: ConfigurationItems[] = []
  const values: Record<string, string | undefined> = {}
  const app: AppOf = sidecar =>
    new Elysia().use(daprPlugin({ appToken: sidecar.appToken })).use(
      onConfiguration(
        'settings',
        ({ items }) => {
          updates.push(items)
          for (const [key, item] of Object.entries(items)) values[key] = item?.value
        },
        options?.(sidecar),
      ),
    ) as unknown as Elysia
  return { app, updates, values }
}

/** Sets a value until it is told: the store answers a subscription before it listens. */
async function setUntilTold(
  client: RedisClient,
  values: Record<string, string | undefined>,
  key: string,
  value: string,
): Promise<void> {
  await eventually(async () => {
    await client.set(key, value)
    await Bun.sleep(20)
    return values[key] === value ? true : undefined
  })
}

redisTest('items are read by their keys, or all', async () => {
  await using settings = await setUp()
  const { dapr, client } = settings
  await client.set('discount', '5||v1')
  await client.set('ünï/code key', 'ü')
  await client.set('empty', '')
  expect(await getConfiguration(dapr, 'settings', ['discount', 'ünï/code key', 'empty', 'none'])).toEqual({
    discount: { value: '5', version: 'v1', metadata: {} },
    'ünï/code key': { value: 'ü', version: '', metadata: {} },
  })
  expect(Object.keys(await getConfiguration(dapr, 'settings')).sort()).toEqual(['discount', 'ünï/code key'])
  const { none } = await getConfiguration(dapr, 'settings', ['none'], { metadata: { label: 'x' } })
  expect(none).toBeUndefined()
  const unknown = await failureOf(getConfiguration(dapr, 'nowhere', ['a']))
  expect(unknown).toMatchObject({ code: 'ERR_CONFIGURATION_STORE_NOT_FOUND', status: 400, retryable: false })
  const noApp = await failureOf(subscribeConfiguration(dapr, 'settings', ['a']))
  expect(noApp).toMatchObject({ name: 'DaprError', status: 500 })
})

test('without a store configuration rejects', async () => {
  await using dapr = await daprd({ resources: [component('memory', 'state.in-memory')] })
  const error = await failureOf(getConfiguration(dapr, 'settings'))
  expect(error).toMatchObject({ code: 'ERR_CONFIGURATION_STORE_NOT_CONFIGURED' })
})

redisTest('a subscription by hand tells of its keys until it ends', async () => {
  const { app, updates, values } = recorder()
  await using settings = await setUp(app)
  const { dapr, client } = settings
  const subscription = await subscribeConfiguration(dapr, 'settings', ['a', 'x/y z%41', 'ü'])
  await setUntilTold(client, values, 'a', '1')
  await setUntilTold(client, values, 'x/y z%41', '2')
  await setUntilTold(client, values, 'ü', '3')
  await client.set('other', '4')
  await client.del('a')
  await eventually(() => (values.a === '' ? true : undefined))
  expect(values).toEqual({ a: '', 'x/y z%41': '2', ü: '3' })

  await subscription.unsubscribe()
  const { length } = updates
  const again = await subscribeConfiguration(dapr, 'settings', ['b'])
  await client.set('a', '5')
  await setUntilTold(client, values, 'b', '6')
  expect(values.a).toBe('')
  expect(updates.slice(length).every(items => 'b' in items)).toBe(true)

  const ended = await failureOf(subscription.unsubscribe())
  expect(ended).toMatchObject({ name: 'DaprError', message: expect.stringContaining('does not exist') })
  await again[Symbol.asyncDispose]()
})

redisTest('an app stays subscribed when the sidecar restarts, and misses nothing', async () => {
  const { app, values } = recorder(sidecar => ({ keys: ['a', 'b'], sidecar }))
  await using redis = await startRedis()
  using client = disposable(redis)
  await client.redis.set('a', 'before')
  await using dapr = await daprd({ app, resources: [redis.component('settings', 'configuration.redis')] })
  await eventually(() => (values.a === 'before' ? true : undefined))
  await setUntilTold(client.redis, values, 'b', '1')

  await dapr.kill()
  await client.redis.set('a', 'meanwhile')
  await dapr.restart()
  await eventually(() => (values.a === 'meanwhile' ? true : undefined))
  await setUntilTold(client.redis, values, 'b', '2')
})

redisTest('an app stays subscribed when it restarts itself, once', async () => {
  const first = recorder(sidecar => ({ keys: ['a'], sidecar }))
  const second = recorder(sidecar => ({ keys: ['a', 'b'], sidecar }))
  await using settings = await setUp(first.app)
  const { dapr, client } = settings
  await setUntilTold(client, first.values, 'a', '1')

  // Stands for the next process of the app; daprd goes on calling the port of the first.
  const app = second.app(dapr).listen({ hostname: '127.0.0.1', port: 0 })
  try {
    await eventually(() => (second.values.a === '1' ? true : undefined))
    await setUntilTold(client, first.values, 'b', '2')
    const before = first.updates.length
    await client.set('a', '3')
    await eventually(() => (first.values.a === '3' ? true : undefined))
    await setUntilTold(client, first.values, 'b', '4')
    const ofA = first.updates.slice(before).filter(items => 'a' in items)
    expect(ofA).toHaveLength(1)
  } finally {
    await app.stop(true)
  }
})

redisTest('a handler that throws is told, and gets the next value', async () => {
  const values: Record<string, string | undefined> = {}
  const errors: unknown[] = []
  const app: AppOf = sidecar =>
    new Elysia().use(daprPlugin({ appToken: sidecar.appToken })).use(
      onConfiguration(
        'settings',
        ({ items: { a } }) => {
          if (a?.value === 'bad') throw new Error('cannot apply')
          values.a = a?.value
        },
        { keys: ['a'], sidecar, onError: error => void errors.push(error) },
      ),
    ) as unknown as Elysia
  await using redis = await startRedis()
  using client = disposable(redis)
  await client.redis.set('a', 'bad')
  await using dapr = await daprd({ app, resources: [redis.component('settings', 'configuration.redis')] })
  await eventually(() => (errors.length > 0 ? true : undefined))
  expect(errors).toMatchObject([{ message: 'cannot apply' }])
  await setUntilTold(client.redis, values, 'a', 'good')
  await client.redis.set('a', 'bad')
  await eventually(() =>
    dapr.log().includes('error sending configuration item to application, status 500') ? true : undefined,
  )
  await setUntilTold(client.redis, values, 'a', 'better')
})

test('a store that is not there is told, and asked again later', async () => {
  const errors: unknown[] = []
  const app: AppOf = sidecar =>
    new Elysia().use(daprPlugin({ appToken: sidecar.appToken })).use(
      onConfiguration('nowhere', () => undefined, {
        keys: ['a'],
        sidecar,
        onError: error => void errors.push(error),
      }),
    ) as unknown as Elysia
  await using _sidecar = await daprd({ app, resources: [component('memory', 'state.in-memory')] })
  await eventually(() => (errors.length > 1 ? true : undefined))
  const error = { code: 'ERR_CONFIGURATION_STORE_NOT_CONFIGURED' }
  expect(errors.slice(0, 2)).toMatchObject([error, error])
})

function disposable({ url }: Redis) {
  const redis = new RedisClient(url)
  return { redis, [Symbol.dispose]: () => redis.close() }
}
