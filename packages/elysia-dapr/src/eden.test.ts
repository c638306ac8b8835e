import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia, t } from 'elysia'
import { failureOf, localServer, stalledBody } from '../test/local-server.ts'
import { endpoint } from './contract.ts'
import { invoke } from './eden.ts'
import { InvokeError } from './errors.ts'
import { route } from './server/route.ts'

const findOrders = endpoint({
  method: 'GET',
  path: '/found/:shop',
  params: Type.Object({ shop: Type.Integer() }),
  query: Type.Object({ tag: Type.Array(Type.String()) }),
  response: Type.Array(Type.String()),
})
const clear = endpoint({ method: 'DELETE', path: '/found' })

const app = new Elysia()
  .use(route(findOrders, ({ params, query }) => [`${params.shop + 1}`, ...query.tag]))
  .use(route(clear, () => undefined))
  .get(
    '/orders/:id',
    ({ params, query, status }) => {
      if (params.id === 'none') return status(404, { code: 'order-unknown' })
      return { id: params.id, at: '2026-01-02T03:04:05.678Z', q: query.q }
    },
    { query: t.Object({ q: t.Optional(t.String()) }) },
  )
  .post('/orders', ({ body }) => body, { body: t.Object({ units: t.Integer() }) })
  .get('/shops/:shop/items/:item', ({ params }) => params)
  .get('/text', () => 'text')
  .delete('/orders/:id', ({ set }) => {
    set.status = 204
  })
type App = typeof app

/** Does with the path what two sidecars do. */
function throughSidecars(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const path = decodeURIComponent(pathname.replace('/v1.0/invoke/orders/method', ''))
  return app.handle(new Request(`http://127.0.0.1${path}${search}`, request))
}

describe('a call', () => {
  test.each(['7', 'a/b', 'ä?#%', '%2F', 'get', '../..', 'with space', '+'])(
    'of any parameter: %p',
    async id => {
      using server = localServer(throughSidecars)
      const { data } = await invoke<App>(server.sidecar(), 'orders')
        .orders({ id })
        .get({ query: { q: 'a&b/ä' } })
      expect(data).toEqual({ id, at: '2026-01-02T03:04:05.678Z', q: 'a&b/ä' })
    },
  )

  test('of more than one parameter, with a body, without an answer', async () => {
    using server = localServer(throughSidecars)
    const orders = invoke<App>(server.sidecar(), 'orders')
    const { data } = await orders.shops({ shop: 'a/b' }).items({ item: 5 }).get()
    expect(data).toEqual({ shop: 'a/b', item: '5' })
    expect((await orders.orders.post({ units: 2 })).data).toEqual({ units: 2 })
    expect((await orders.text.get()).data).toBe('text')
    expect((await orders.orders({ id: '7' }).delete()).status).toBe(204)
  })

  test('of a route of a contract', async () => {
    using server = localServer(throughSidecars)
    const orders = invoke<App>(server.sidecar(), 'orders')
    for (const tag of [['a,b', 'c'], ['a'], []]) {
      const { data } = await orders.found({ shop: 7 }).get({ query: { tag } })
      expect(data).toEqual(['8', ...tag])
    }
    const { data, status } = await orders.found.delete()
    expect([data, status]).toEqual(['', 204])
  })

  test('resolves with the failure that the app answers', async () => {
    using server = localServer(throughSidecars)
    const { data, error, status } = await invoke<App>(server.sidecar(), 'orders').orders({ id: 'none' }).get()
    expect([data, status, error?.value]).toEqual([null, 404, { code: 'order-unknown' }])
  })

  test('has Eden’s settings', async () => {
    using server = localServer(throughSidecars)
    const config = { parseDate: true, throwHttpError: true }
    const orders = invoke<App>(server.sidecar(), 'orders', { config })
    const { data } = await orders.orders({ id: '7' }).get()
    expect(data?.at as unknown).toBeInstanceOf(Date)
    expect(await failureOf(orders.orders({ id: 'none' }).get())).toMatchObject({ status: 404 })
  })
})

describe('rejects', () => {
  const says = { errorCode: 'ERR_DIRECT_INVOKE', message: 'failed to invoke, id: orders, err: no host' }
  const headers = { 'content-type': 'application/json' }

  test.each([{}, { config: { throwHttpError: true } }])('with what the sidecar says: %j', async options => {
    using server = localServer(() => new Response(JSON.stringify(says), { status: 500, headers }))
    const call = invoke<App>(server.sidecar(), 'orders', options).orders({ id: 'a b' }).get()
    const error = await failureOf(call)
    expect(error).toBeInstanceOf(InvokeError)
    expect(error).toMatchObject({ code: 'ERR_DIRECT_INVOKE', operation: 'GET /orders/a%20b', body: says })
  })

  test('by its time-out and its signal', async () => {
    using server = localServer(stalledBody)
    const orders = invoke<App>(server.sidecar(), 'orders', { timeout: 20 })
    expect(await failureOf(orders.text.get())).toMatchObject({ name: 'InvokeError', code: 'TIMEOUT' })
    const fetch = { signal: AbortSignal.abort() }
    expect(await failureOf(orders.text.get({ fetch }))).toMatchObject({
      name: 'InvokeError',
      code: 'ABORTED',
    })
  })

  test.each(['', '.', '..', '\ud800'])('a parameter that names another path: %j', id => {
    using server = localServer(throughSidecars)
    const orders = invoke<App>(server.sidecar(), 'orders')
    expect(() => orders.orders({ id })).toThrow(TypeError)
  })

  test('what no request can be made of', async () => {
    using server = localServer(throughSidecars)
    const orders = invoke<App>(server.sidecar(), 'orders')
    expect(await failureOf(orders.text.get({ headers: { 'x-a': '1\n2' } }))).toBeInstanceOf(TypeError)
    expect(() => (orders.text as unknown as { subscribe(): void }).subscribe()).toThrow(TypeError)
    expect(() => invoke<App>(server.sidecar(), 'a.b.c')).toThrow(TypeError)
  })
})
