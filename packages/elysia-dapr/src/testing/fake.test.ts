import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { binding, job, topic } from '../contract.ts'
import { dapr } from '../server/dapr.ts'
import { onBinding } from '../server/on-binding.ts'
import { onJob } from '../server/on-job.ts'
import { drop } from '../server/outcome.ts'
import { subscribe } from '../server/subscribe.ts'
import { fakeDaprd } from './fake.ts'

const orderPlaced = topic('pubsub', 'order-placed', Type.Object({ number: Type.Integer() }))
const anything = topic('pubsub', 'order-placed', Type.Unknown())
const other = topic('pubsub', 'order-cancelled', Type.Unknown())
const appToken = 'the token of the app'

function shop() {
  const handled: number[] = []
  const app = new Elysia().use(dapr({ appToken })).use(
    subscribe(orderPlaced, ({ data: { number } }) => {
      if (number === 0) throw new Error('not yet')
      if (number < 0) return drop('negative')
      handled.push(number)
      return undefined
    }),
  )
  return { app, handled }
}

/** An app that lists subscriptions, and answers every delivery with what it got. */
function listing(subscriptions: object[], answer: (body: unknown) => unknown = () => undefined) {
  const paths: string[] = []
  const app = new Elysia()
    .get('/dapr/subscribe', () => subscriptions)
    .post(
      '/*',
      async ({ request }) => {
        paths.push(new URL(request.url).pathname)
        return answer(await request.json())
      },
      { parse: 'none' },
    )
  return { app, paths }
}

test('an event is acknowledged, tried again or given up', async () => {
  const { app, handled } = shop()
  const fake = fakeDaprd(app, { appToken })
  expect(await fake.deliver(orderPlaced, { number: 1 })).toBe('SUCCESS')
  expect(await fake.deliver(orderPlaced, { number: 0 })).toBe('RETRY')
  expect(await fake.deliver(orderPlaced, { number: -1 })).toBe('DROP')
  expect(await fake.deliver(anything, { number: 'one' })).toBe('DROP')
  expect(handled).toEqual([1])
})

test('a topic that the app does not subscribe to', async () => {
  const fake = fakeDaprd(shop().app, { appToken })
  await expect(fake.deliver(other, 1)).rejects.toThrow('does not subscribe to order-cancelled of pubsub')
  await expect(fake.deliverBulk(orderPlaced, [])).rejects.toThrow('is no bulk subscription')
})

test('an app whose dapr() is in an app that it uses', async () => {
  const seen: number[] = []
  const base = new Elysia().use(dapr({ appToken })).use(subscribe(other, () => undefined))
  const app = new Elysia()
    .use(new Elysia().use(base))
    .use(
      new Elysia({ prefix: '/shop' }).use(subscribe(orderPlaced, ({ data }) => void seen.push(data.number))),
    )
  const fake = fakeDaprd(app, { appToken })
  expect(await fake.deliver(orderPlaced, { number: 1 })).toBe('SUCCESS')
  expect(await fake.deliver(other, 1)).toBe('SUCCESS')
  expect(seen).toEqual([1])
})

test('a job that no handler takes is not lost where the app uses dapr()', async () => {
  expect(await fakeDaprd(shop().app, { appToken }).runJob('unknown')).toBe('RETRY')
})

test('another token than the app’s is found at once', async () => {
  const fake = fakeDaprd(shop().app, { appToken: 'another' })
  await expect(fake.deliver(orderPlaced, { number: 1 })).rejects.toThrow('appToken is not the one of dapr(')
})

test('the route of a subscription with rules', async () => {
  const routes = { rules: [{ match: 'event.type == "a"', path: '/a' }] }
  const ruled = topic('pubsub', 'ruled', Type.Unknown())
  const withDefault = topic('pubsub', 'with-default', Type.Unknown())
  const { app, paths } = listing([
    { pubsubname: 'pubsub', topic: 'ruled', routes },
    { pubsubname: 'pubsub', topic: 'with-default', routes: { ...routes, default: '/b' } },
    { pubsubname: 'pubsub', topic: 'old', route: '/old' },
  ])
  const fake = fakeDaprd(app)
  await expect(fake.deliver(ruled, 1)).rejects.toThrow('say which route is meant, of /a')
  await expect(fake.deliver(ruled, 1, { route: '/c' })).rejects.toThrow('has no route /c, only /a')
  await fake.deliver(ruled, 1, { route: '/a' })
  await fake.deliver(withDefault, 1)
  await fake.deliver(withDefault, 1, { route: '/a' })
  await fake.deliver(topic('pubsub', 'old', Type.Unknown()), 1)
  expect(paths).toEqual(['/a', '/b', '/a', '/old'])
})

test('a bulk subscription has a verdict for each entry', async () => {
  const numbers = topic('pubsub', 'numbers', Type.Integer())
  const { app } = listing(
    [{ pubsubname: 'pubsub', topic: 'numbers', routes: { default: '/n' }, bulkSubscribe: { enabled: true } }],
    body => {
      const { entries } = body as { entries: { entryId: string; event: { data: number } }[] }
      const answered = entries.filter(({ event }) => event.data > 0)
      return {
        statuses: answered.map(({ entryId, event }) => ({
          entryId,
          status: event.data > 9 ? 'DROP' : 'SUCCESS',
        })),
      }
    },
  )
  const fake = fakeDaprd(app)
  expect(await fake.deliverBulk(numbers, [10, 0, 1])).toEqual(['DROP', 'RETRY', 'SUCCESS'])
  expect(await fake.deliver(numbers, 10)).toBe('DROP')
})

test('jobs, bindings, configuration and health', async () => {
  const app = new Elysia()
    .post('/job/nightly', ({ body }) => body)
    .post('/job/broken', () => {
      throw new Error('broken')
    })
    .options('/tick', () => '')
    .post('/tick', () => '')
    .options('/created', () => '')
    .post('/created', ({ set }) => {
      set.status = 201
    })
    .post('/configuration/settings/limit', () => '')
    .get('/healthz', ({ set }) => {
      set.status = 503
    })
  const fake = fakeDaprd(app)
  expect(await fake.runJob('nightly', { deep: true })).toBe('SUCCESS')
  expect(await fake.runJob('broken')).toBe('RETRY')
  expect(await fake.runJob('unknown')).toBe('DROP')
  expect(await fake.sendBinding('tick')).toBe('SUCCESS')
  expect(await fake.sendBinding('/created', 1)).toBe('RETRY')
  await expect(fake.sendBinding('nothing')).rejects.toThrow('OPTIONS /nothing answers 404')
  expect(await fake.updateConfiguration('settings', 'limit', { value: '1' })).toBe('SUCCESS')
  expect(await fake.updateConfiguration('settings', 'other', { value: '1' })).toBe('DROP')
  expect(await fake.isHealthy()).toBe(false)
})

test('jobs and bindings of a contract, typed', async () => {
  const expire = job('expire', Type.Object({ order: Type.Integer() }))
  const file = binding('file', { data: Type.Object({ name: Type.String() }) })
  const seen: unknown[] = []
  const app = new Elysia()
    .use(dapr({ appToken }))
    .use(onJob(expire, ({ data, key }) => void seen.push([data.order, key])))
    .use(onBinding(file, ({ data }) => void seen.push(data.name)))
  const fake = fakeDaprd(app, { appToken })
  expect(await fake.runJob(expire, { order: 7 })).toBe('SUCCESS')
  expect(await fake.runJob(expire, { order: 8 }, { key: 'a b' })).toBe('SUCCESS')
  expect(await fake.sendBinding(file, { name: 'x' })).toBe('SUCCESS')
  // @ts-expect-error data of another type
  expect(await fake.runJob(expire, { order: '7' })).toBe('SUCCESS')
  // @ts-expect-error the same of a binding
  await fake.sendBinding(file, { name: 7 })
  // @ts-expect-error the same of a topic
  expect(await fake.deliver(orderPlaced, { number: '1' }).catch(() => 'not subscribed')).toBe(
    'not subscribed',
  )
  expect(seen).toEqual([[7, undefined], [8, 'a b'], 'x'])
})
