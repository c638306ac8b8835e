import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { RedisClient } from 'bun'
import { Elysia } from 'elysia'
import { topic } from '../../packages/elysia-dapr/src/index.ts'
import { type Daprd, type FakeDaprd, fakeDaprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { component, daprd, eventually, redisTest, startControlPlane, startRedis } from './environment.ts'

interface Seen {
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
}

const subscriptions = [
  { pubsubname: 'pubsub', topic: 'single', routes: { default: '/single' } },
  { pubsubname: 'pubsub', topic: 'raw', routes: { default: '/raw' }, metadata: { rawPayload: 'true' } },
  { pubsubname: 'pubsub', topic: 'bulk', routes: { default: '/bulk' }, bulkSubscribe: { enabled: true } },
  {
    pubsubname: 'pubsub',
    topic: 'raw-bulk',
    routes: { default: '/raw-bulk' },
    metadata: { rawPayload: 'true' },
    bulkSubscribe: { enabled: true },
  },
]

/** An app that notes every request as it came, and takes everything. */
function recorder() {
  const seen: Seen[] = []
  const app = new Elysia().all(
    '/*',
    async ({ request, body }) => {
      const { pathname, search } = new URL(request.url)
      seen.push({
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined,
      })
      return pathname === '/dapr/subscribe' ? subscriptions : new Response()
    },
    { parse: ({ request }) => request.text() },
  )
  // The harness asks for the subscriptions too, to know when daprd has them.
  const isDapr = ({ headers }: Seen) => !headers['user-agent']?.startsWith('Bun/')
  const of = (path: string, method = 'POST') =>
    seen.find(request => request.path === path && request.method === method && isDapr(request))
  return { app, of, clear: () => seen.splice(0) }
}

/** Without what differs between two deliveries of the same. */
function normalised(seen: Seen | undefined): unknown {
  const { host: _, ...headers } = seen?.headers ?? {}
  for (const name of ['readtimeutc', 'timezone']) if (name in headers) headers[name] = 'time'
  // Its JSON has a space more or less, which protobuf's library for Go chooses for each build, so that nobody relies on it.
  if (seen?.path.startsWith('/job/')) delete headers['content-length']
  // The span of a delivery is its own.
  if (headers.traceparent) headers.traceparent = headers.traceparent.replace(/-[^-]+-(..)$/, '-span-$1')
  const text = JSON.stringify({ ...seen, headers })
  return JSON.parse(
    text
      .replace(/"(id|entryId)":"[\w-]{36}"/g, '"$1":"id"')
      .replace(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g, '"time":"time"'),
  )
}

const appToken = 'the token of the app'
const real = recorder()
const replayed = recorder()
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
let sidecar: Daprd
let traced: Daprd
let fake: FakeDaprd
const scope = new AsyncDisposableStack()

beforeAll(async () => {
  const plane = scope.use(await startControlPlane())
  sidecar = scope.use(
    await daprd({
      app: real.app,
      appId: 'publisher',
      appToken,
      healthCheck: true,
      scheduler: plane.scheduler,
      resources: [
        component('pubsub', 'pubsub.in-memory'),
        component('tick', 'bindings.cron', { schedule: '@every 1s' }),
      ],
    }),
  )
  traced = scope.use(
    await daprd({
      app: real.app,
      appId: 'publisher',
      appToken,
      configuration: { tracing: { samplingRate: '1' } },
      resources: [component('pubsub', 'pubsub.in-memory')],
    }),
  )
  fake = fakeDaprd(replayed.app, { appId: 'publisher', appToken })
})
afterAll(() => scope.disposeAsync())

interface Published {
  topic: string
  body: string | Uint8Array<ArrayBuffer>
  contentType?: string
  metadata?: Record<string, string>
}

/** What the real daprd makes of a request to publish. */
async function delivered(
  publisher: Daprd,
  { topic, body, contentType = 'application/json', metadata = {} }: Published,
): Promise<unknown> {
  real.clear()
  const named = Object.entries(metadata).map(([name, value]) => [`metadata.${name}`, value])
  const answer = await publisher.request(
    `/v1.0/publish/pubsub/${topic}?${new URLSearchParams(named as [])}`,
    {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    },
  )
  expect(answer.status).toBe(204)
  return normalised(await eventually(() => real.of(`/${topic}`)))
}

const single = topic('pubsub', 'single', Type.Unknown())
const bytes = new Uint8Array([1, 2, 255])

test.each([
  ['an object', { number: 1 }],
  ['a text', 'ünïcode'],
  ['nothing', null],
  ['zero', 0],
])('the fake delivers as daprd does an event: %s', async (_, data) => {
  await fake.deliver(single, data)
  expect(normalised(replayed.of('/single'))).toEqual(
    await delivered(sidecar, { topic: 'single', body: JSON.stringify(data) }),
  )
  replayed.clear()
})

test('the fake delivers as daprd does an event of bytes, and of text that is no JSON', async () => {
  replayed.clear()
  await fake.deliver(single, bytes)
  expect(normalised(replayed.of('/single'))).toEqual(
    await delivered(sidecar, { topic: 'single', body: bytes, contentType: 'application/octet-stream' }),
  )
  replayed.clear()
  await fake.deliver(single, 'text', { contentType: 'text/plain' })
  expect(normalised(replayed.of('/single'))).toEqual(
    await delivered(sidecar, { topic: 'single', body: 'text', contentType: 'text/plain' }),
  )
})

test('the fake delivers as daprd does an event with metadata', async () => {
  replayed.clear()
  await fake.deliver(single, 1, {
    id: 'e1',
    type: 'sold',
    subject: 's1',
    metadata: { 'cloudevent.id': 'e1', 'cloudevent.type': 'sold', 'cloudevent.subject': 's1', Key: 'value' },
  })
  const metadata = {
    'cloudevent.id': 'e1',
    'cloudevent.type': 'sold',
    'cloudevent.subject': 's1',
    Key: 'value',
  }
  expect(normalised(replayed.of('/single'))).toEqual(
    await delivered(sidecar, { topic: 'single', body: '1', metadata }),
  )
})

test('the fake delivers as daprd does an event of a publisher that traces', async () => {
  replayed.clear()
  const metadata = { 'cloudevent.traceparent': traceparent, 'cloudevent.traceid': traceparent }
  await fake.deliver(single, 1, { traceparent, metadata })
  expect(normalised(replayed.of('/single'))).toEqual(
    await delivered(traced, { topic: 'single', body: '1', metadata }),
  )
})

test.each([
  ['raw', { rawPayload: 'true' }],
  ['bulk', {}],
  ['raw-bulk', { rawPayload: 'true' }],
])(
  'the fake delivers as daprd does to a subscription of the kind %s',
  async (name, metadata: Record<string, string>) => {
    replayed.clear()
    await fake.deliver(topic('pubsub', name, Type.Unknown()), { number: 1 })
    expect(normalised(replayed.of(`/${name}`))).toEqual(
      await delivered(sidecar, { topic: name, body: '{"number":1}', metadata }),
    )
  },
)

test('the fake asks at the start what daprd asks', async () => {
  real.clear()
  replayed.clear()
  await sidecar.restart()
  await fake.deliver(single, 1)
  await fake.isHealthy()
  await fake.sendBinding('tick')
  for (const [path, method] of [
    ['/dapr/subscribe', 'GET'],
    ['/healthz', 'GET'],
    ['/tick', 'OPTIONS'],
  ] as const) {
    const asked = await eventually(() => real.of(path, method))
    expect(normalised(replayed.of(path, method))).toEqual(normalised(asked))
  }
})

test('the fake delivers as daprd does what an input binding reads', async () => {
  real.clear()
  replayed.clear()
  await fake.sendBinding('tick', undefined, { readTimeUTC: 'now', timeZone: 'Local' })
  expect(normalised(replayed.of('/tick'))).toEqual(normalised(await eventually(() => real.of('/tick'))))
})

test.each([
  ['an object', { deep: [1, 'ü'] }],
  ['null', null],
])('the fake delivers as daprd does a job with %s', async (_, data) => {
  real.clear()
  replayed.clear()
  await fake.runJob('clean-up', data)
  const init = { method: 'POST', body: JSON.stringify({ dueTime: '0s', data, overwrite: true }) }
  expect((await sidecar.request('/v1.0/jobs/clean-up', init)).status).toBe(204)
  expect(normalised(replayed.of('/job/clean-up'))).toEqual(
    normalised(await eventually(() => real.of('/job/clean-up'))),
  )
})

redisTest('the fake delivers as daprd does a new value of a configuration', async () => {
  real.clear()
  replayed.clear()
  await using redis = await startRedis()
  const resources = [redis.component('settings', 'configuration.redis')]
  await using subscriber = await daprd({ app: real.app, appId: 'publisher', appToken, resources })
  expect((await subscriber.request('/v1.0/configuration/settings/subscribe?key=limit')).status).toBe(200)
  const store = new RedisClient(redis.url)
  // Nothing tells when the subscription is alive.
  const seen = await eventually(async () => {
    await store.set('limit', '10||v2')
    return real.of('/configuration/settings/limit')
  })
  store.close()
  await fake.updateConfiguration('settings', 'limit', { value: '10', version: 'v2' })
  expect(normalised(replayed.of('/configuration/settings/limit'))).toEqual(normalised(seen))
})
