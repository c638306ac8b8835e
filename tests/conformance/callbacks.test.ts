import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  binding,
  dapr,
  invoke,
  job,
  onBinding,
  onConfiguration,
  onJob,
  publish,
  subscribe,
  subscribeBulk,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually, temporaryFolder } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'
import { retries } from './resiliency.ts'

setDefaultTimeout(60_000)

const orders = pubsubTopic('orders')
const bulk = pubsubTopic('bulk')
const event = {
  id: 'forged',
  source: 's',
  type: 't',
  specversion: '1.0',
  topic: 'orders',
  pubsubname: 'pubsub',
  data: 1,
}
const resources = [component('pubsub', 'pubsub.in-memory'), retries(0)]
const paths = ['/events/pubsub/orders', '/events/pubsub/bulk', '/v1/events/pubsub/inner']

function appOf(box: ReturnType<typeof inbox>, options: { appToken: string; public?: boolean }) {
  return new Elysia()
    .use(dapr(options))
    .use(subscribe(orders, box.keep))
    .use(subscribeBulk(bulk, ({ entries }) => entries.map(box.keep as never)))
    .use(new Elysia({ prefix: '/v1' }).use(subscribe(pubsubTopic('inner'), box.keep)))
    .get('/orders', () => 'orders')
}

describe('through the mesh', () => {
  const boxes = { private: inbox(), public: inbox() }
  const cleanup = new AsyncDisposableStack()
  let stranger: Daprd

  beforeAll(async () => {
    const folder = cleanup.use(await temporaryFolder())
    const home = folder.path
    for (const appId of ['private', 'public'] as const) {
      const isPublic = appId === 'public'
      const app = ({ appToken }: Daprd) => appOf(boxes[appId], { appToken, public: isPublic })
      cleanup.use(await daprd({ app, appId, home, resources }))
    }
    stranger = cleanup.use(await daprd({ app: () => new Elysia(), appId: 'stranger', home }))
  }, 120_000)

  afterAll(() => cleanup.disposeAsync())

  const post = (appId: string, path: string) =>
    invoke(stranger, appId, path, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ ...event, entries: [{ entryId: '1', event }] }),
    })

  test.each(['private', 'public'])(
    'another app reaches the routes and no callback of a %s app',
    async appId => {
      expect(await (await invoke(stranger, appId, '/orders')).text()).toBe('orders')
      for (const path of paths) expect((await post(appId, path)).status).toBe(403)
      for (const path of ['/dapr/subscribe', '/dapr/config']) {
        expect((await invoke(stranger, appId, path)).status).toBe(403)
      }
      expect(boxes[appId as 'private'].received).toEqual([])
    },
  )

  test.each([
    '/events/pubsub/orders/',
    '/events/pubsub/./orders',
    '/events/pubsub/x/../orders',
    '//events/pubsub/orders',
    '/events//pubsub/orders',
    '/events/pubsub/%6Frders',
    '/EVENTS/pubsub/orders',
    '/events/pubsub/orders?x=1',
  ])('no other spelling of a path helps: %s', async path => {
    const answers = await Promise.all(
      ['private', 'public'].map(appId => post(appId, path).catch(error => error)),
    )
    for (const { status } of answers) expect(status).toBeOneOf([400, 403, 404])
    expect([...boxes.private.received, ...boxes.public.received]).toEqual([])
  })
})

describe('the token', () => {
  test('of another sidecar gets no event in', async () => {
    const box = inbox()
    await using sidecar = await daprd({
      app: appOf(box, { appToken: 'another', public: true }),
      appToken: 'wrong',
      resources,
    })
    await publish(sidecar, orders, 1)
    // It does not even learn of the subscriptions.
    expect(sidecar.log()).toContain('app returned http status code 401 from subscription endpoint')
    expect(box.received).toEqual([])
  })

  test.each([true, false])('is asked for by every callback: public %p', async isPublic => {
    const box = inbox()
    const called: string[] = []
    const app = appOf(box, { appToken: 'secret', public: isPublic })
      .use(onJob(job('work', Type.Unknown()), ({ name }) => void called.push(name)))
      .use(onBinding(binding('clock'), () => void called.push('clock')))
      .use(onConfiguration('settings', () => void called.push('settings')))
      .listen({ hostname: '127.0.0.1', port: 0 })
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(async () => void (await app.stop(true)))
    const send = async (path: string, method: string, token?: string) => {
      const { status } = await fetch(`http://127.0.0.1:${app.server?.port}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { 'dapr-api-token': token }),
        },
        ...(method === 'POST' && { body: JSON.stringify({ ...event, entries: [], items: { a: {} } }) }),
      })
      return [path, status]
    }
    const posted = [...paths, '/job/work', '/job/work@1', '/job/other', '/clock', '/configuration/settings/a']
    const asked = ['/dapr/subscribe', '/dapr/config']
    for (const token of [undefined, '', 'Secret', 'secret2', 'secre']) {
      for (const path of posted) expect(await send(path, 'POST', token)).toEqual([path, 401])
      for (const path of asked) expect(await send(path, 'GET', token)).toEqual([path, 401])
      for (const path of ['//events/pubsub/orders', '/events/pubsub/orders/']) {
        expect((await send(path, 'POST', token))[1]).toBeOneOf([401, 404])
      }
    }
    expect([...box.received, ...called]).toEqual([])

    for (const path of posted.filter(path => path !== '/job/other')) {
      expect((await send(path, 'POST', 'secret'))[1]).toBeOneOf([200, 204])
    }
    for (const path of asked) expect(await send(path, 'GET', 'secret')).toEqual([path, 200])
    expect(box.received).toHaveLength(2)
    expect(called).toEqual(['work', 'work@1', 'clock', 'settings'])
  })
})

test('two instances of one app deliver to their own handlers', async () => {
  const shared = topic('pubsub', 'shared', Type.Unknown())
  const boxes = [inbox(), inbox()]
  await using cleanup = new AsyncDisposableStack()
  const [first, second] = await Promise.all(
    boxes.map(async (box, index) => {
      const app = ({ appToken }: Daprd) =>
        new Elysia().use(dapr({ appToken })).use(subscribe(shared, box.keep))
      return cleanup.use(await daprd({ app, appId: `app${index}`, resources }))
    }),
  )
  if (!first || !second) throw new Error('no sidecars')
  await publish(first, shared, 'first')
  await publish(second, shared, 'second')
  await eventually(() => (boxes.every(({ received }) => received.length > 0) ? true : undefined))
  expect(boxes.map(({ received }) => received.map(({ data }) => data))).toEqual([['first'], ['second']])
})

test('two instances of one plugin, of one name and seed, keep their own handlers within one app', async () => {
  const box = inbox()
  const seen: string[] = []
  const plugin = (name: string) =>
    new Elysia({ name: 'events', seed: 1 }).use(
      subscribe(pubsubTopic(name), context => {
        seen.push(name)
        return box.keep(context)
      }),
    )
  await using sidecar = await daprd({
    app: ({ appToken }) =>
      new Elysia()
        .use(dapr({ appToken }))
        .use(new Elysia({ prefix: '/a' }).use(plugin('first')))
        .use(new Elysia({ prefix: '/b' }).use(plugin('second'))),
    resources,
  })
  for (const name of ['first', 'second']) await publish(sidecar, pubsubTopic(name), name)
  for (const name of ['first', 'second']) {
    expect((await box.find(pubsubTopic(name))).data).toBe(name)
  }
  expect(seen.sort()).toEqual(['first', 'second'])
})
