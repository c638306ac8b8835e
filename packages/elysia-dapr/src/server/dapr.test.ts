import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { topic } from '../contract.ts'
import { type DaprOptions, dapr } from './dapr.ts'
import { subscribe } from './subscribe.ts'

const placed = topic('pubsub', 'placed', Type.Unknown())
const paid = topic('pubsub', 'paid', Type.Unknown())
const ignore = () => undefined

async function get(app: Elysia, path: string, headers: Record<string, string> = {}) {
  return await app.handle(new Request(`http://localhost${path}`, { headers }))
}

async function post(app: Elysia, path: string, headers: Record<string, string> = {}) {
  return await app.handle(new Request(`http://localhost${path}`, { method: 'POST', headers }))
}

describe('subscriptions', () => {
  test('are listed as daprd reads them', async () => {
    const app = new Elysia()
      .use(dapr())
      .use(subscribe(placed, ignore, { deadLetterTopic: 'dead' }))
      .use(subscribe(paid, ignore, { route: '/paid' }))
    expect(await (await get(app, '/dapr/subscribe')).json()).toEqual([
      {
        pubsubname: 'pubsub',
        topic: 'placed',
        routes: { default: '/events/pubsub/placed' },
        deadLetterTopic: 'dead',
      },
      { pubsubname: 'pubsub', topic: 'paid', routes: { default: '/paid' } },
    ])
  })

  test('of an app without any are an empty list', async () => {
    const answer = await get(new Elysia().use(dapr()), '/dapr/subscribe')
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toEqual([])
  })

  test('of nested apps are listed too', async () => {
    const inner = new Elysia().use(subscribe(placed, ignore))
    const app = new Elysia().use(dapr()).use(new Elysia().use(inner)).use(subscribe(paid, ignore))
    const listed = (await (await get(app, '/dapr/subscribe')).json()) as { topic: string }[]
    expect(listed.map(({ topic }) => topic)).toEqual(['placed', 'paid'])
  })

  test.each<[string, (app: Elysia) => Elysia]>([
    ['before it', app => new Elysia().use(app).use(dapr()) as never],
    ['after it', app => new Elysia().use(dapr()).use(app) as never],
    [
      'beside an app that uses it',
      app => new Elysia().use(new Elysia({ name: 'base' }).use(dapr())).use(app) as never,
    ],
    ['loaded later', app => new Elysia().use(dapr()).use(Promise.resolve({ default: app })) as never],
  ])('may come %s', async (_, build) => {
    const app = build(new Elysia().use(subscribe(placed, ignore)))
    await app.modules
    app.listen({ hostname: '127.0.0.1', port: 0 })
    const listed = await (await get(app, '/dapr/subscribe')).json()
    await app.stop(true)
    expect(listed).toMatchObject([{ topic: 'placed', routes: { default: '/events/pubsub/placed' } }])
  })

  test('are listed by a dapr() that is loaded while the app listens', async () => {
    const { promise, resolve } = Promise.withResolvers<Elysia>()
    const app = new Elysia()
      .use(promise)
      .use(subscribe(placed, ignore, { deadLetterTopic: 'dead' })) as unknown as Elysia
    app.listen({ hostname: '127.0.0.1', port: 0 })
    try {
      resolve(new Elysia().use(dapr()))
      await app.modules
      const listed = await (await get(app, '/dapr/subscribe')).json()
      expect(listed).toMatchObject([{ topic: 'placed', routes: { default: '/events/pubsub/placed' } }])
      expect(await (await post(app, '/events/pubsub/placed')).json()).toEqual({ status: 'DROP' })
    } finally {
      await app.stop(true)
    }
  })

  test('that no dapr() lists end the process once all is loaded', async () => {
    const script = `
      import { Type } from '@sinclair/typebox'
      import { Elysia } from 'elysia'
      import { subscribe, topic } from './src/index.ts'
      new Elysia()
        .use(Promise.resolve(new Elysia()))
        .use(subscribe(topic('pubsub', 'placed', Type.Null()), () => undefined))
        .listen({ hostname: '127.0.0.1', port: 0 })
      console.log('listening')`
    const cwd = `${import.meta.dir}/../..`
    await using child = Bun.spawn([process.execPath, '-e', script], { cwd, stdout: 'pipe', stderr: 'pipe' })
    expect(await child.stdout.text()).toBe('listening\n')
    expect(await child.stderr.text()).toContain('the app has to use dapr()')
    expect(await child.exited).toBe(1)
  })

  test('have the paths that their routes have: below prefixes, and in groups and guards', async () => {
    const app = new Elysia()
      .use(dapr())
      .use(new Elysia({ prefix: '/v1' }).use(new Elysia({ prefix: '/in' }).use(subscribe(placed, ignore))))
      .group('/v2', group =>
        group.guard({}, guarded => guarded.use(subscribe(paid, ignore))),
      ) as unknown as Elysia
    const listed = (await (await get(app, '/dapr/subscribe')).json()) as { routes: { default: string } }[]
    const paths = listed.map(({ routes }) => routes.default)
    expect(paths).toEqual(['/v1/in/events/pubsub/placed', '/v2/events/pubsub/paid'])
    for (const path of paths) expect((await post(app, path)).status).toBe(200)
    const headers = { 'dapr-caller-app-id': 'stranger' }
    for (const path of paths) expect((await post(app, path, headers)).status).toBe(403)
  })
})

describe('health', () => {
  test.each([
    [true, 204],
    [false, 503],
  ])('healthy: %p is %d', async (healthy, status) => {
    const answer = await get(new Elysia().use(dapr({ healthy: async () => healthy })), '/healthz')
    expect(answer.status).toBe(status)
    expect(await answer.text()).toBe('')
  })

  test('is asked for at the chosen path, without a token', async () => {
    const app = new Elysia().use(dapr({ appToken: 'secret', healthPath: '/up' }))
    expect((await get(app, '/up')).status).toBe(204)
    expect((await get(app, '/healthz')).status).toBe(401)
  })
})

describe('app token', () => {
  function setUp(options: DaprOptions = {}) {
    return new Elysia()
      .use(dapr({ appToken: 'secret', ...options }))
      .use(subscribe(placed, ignore))
      .get('/orders', () => 'orders')
      .get('/orders/:id', ({ params }) => params.id) as unknown as Elysia
  }

  test.each([
    ['missing', {}, 401],
    ['wrong', { 'dapr-api-token': 'Secret' }, 401],
    ['a prefix', { 'dapr-api-token': 'secre' }, 401],
    ['right', { 'dapr-api-token': 'secret' }, 200],
  ])('%s', async (_, headers: Record<string, string>, status) => {
    const app = setUp()
    expect((await get(app, '/orders', headers)).status).toBe(status)
    expect((await get(app, '/dapr/subscribe', headers)).status).toBe(status)
  })

  test('a refusal is a problem document that does not name the token', async () => {
    const answer = await get(setUp(), '/orders')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'The app API token is missing or wrong.',
      code: 'unauthorized',
    })
  })

  test('without one nothing is checked', async () => {
    const app = setUp({ appToken: '' })
    expect((await get(app, '/orders')).status).toBe(200)
  })

  test('a public app opens its own routes and no callback', async () => {
    const app = setUp({ public: true })
    expect((await get(app, '/orders')).status).toBe(200)
    for (const path of ['/dapr/subscribe', '/dapr/subscribe/'])
      expect((await get(app, path)).status).toBe(401)
    for (const path of ['/events/pubsub/placed', '/events/pubsub/placed/']) {
      expect((await post(app, path)).status).toBe(401)
      expect((await post(app, path, { 'dapr-api-token': 'secret' })).status).toBe(200)
    }
  })

  test('another app cannot send a callback through the mesh', async () => {
    const headers = { 'dapr-api-token': 'secret', 'dapr-caller-app-id': 'stranger' }
    const app = setUp()
    for (const path of ['/events/pubsub/placed', '/events/pubsub/placed/', '/events/pubsub/placed?x=1']) {
      expect((await post(app, path, headers)).status).toBe(403)
    }
    expect((await get(app, '/dapr/subscribe', headers)).status).toBe(403)
    expect((await get(app, '/orders', headers)).status).toBe(200)
  })

  // Elysia finds the path at a fixed place behind the host, which the caller chooses.
  test.each([
    ['//orders/healthz', 'a.b'],
    ['/orders/healthz', 'a.b'],
    ['/orders/healthz', 'localhost'],
    ['/healthz/../orders', 'localhost'],
    ['/x/healthz', 'a.b'],
  ])('is needed whatever the request line makes of it: %s of %s', async (target, host) => {
    const app = setUp().listen({ hostname: '127.0.0.1', port: 0 })
    expect(await rawGet(app, target, host)).toMatch(/^HTTP\/1.1 40[14] /)
    await app.stop(true)
  })

  test.each([
    ['/dapr/subscribe', 'localhost'],
    ['//dapr/subscribe', 'a.b'],
    ['/x/dapr/subscribe', 'a.b'],
    ['/dapr/subscribe/', 'localhost'],
    ['/dapr/x/../subscribe', 'localhost'],
  ])('a public app answers no callback to %s of %s', async (target, host) => {
    const app = setUp({ public: true }).listen({ hostname: '127.0.0.1', port: 0 })
    expect(await rawGet(app, target, host)).toMatch(/^HTTP\/1.1 40[14] /)
    await app.stop(true)
  })
})

/** A request as it is on the wire: `fetch` would clean the target. */
async function rawGet(app: Elysia, target: string, host: string): Promise<string> {
  const socket = connect(app.server?.port ?? 0, '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  return await text(socket)
}
