import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia, status } from 'elysia'
import {
  type Client,
  client,
  dapr,
  endpoint,
  isFailure,
  problem,
  route,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { inTestSpan } from '../../packages/elysia-dapr/test/traced.ts'
import { daprd, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const params = Type.Object({ id: Type.String() })
const Item = Type.Object({ id: Type.String(), caller: Type.String(), traceparent: Type.String() })
const Text = Type.Object({ text: Type.String() })
const errors = { 404: problem('item-unknown'), 409: Type.Object({ version: Type.Integer() }) }

const contract = {
  getItem: endpoint({ method: 'GET', path: '/items/:id', params, response: Item, errors }),
  addItem: endpoint({ method: 'POST', path: '/items', body: Text, response: Text, status: 201 }),
  patchItem: endpoint({ method: 'PATCH', path: '/items/:id', params, body: Text, response: Text, errors }),
  deleteItem: endpoint({ method: 'DELETE', path: '/items/:id', params }),
  findItems: endpoint({
    method: 'GET',
    path: '/bücher neu/:id',
    params,
    query: Type.Object({ q: Type.String(), limit: Type.Integer() }),
    headers: Type.Object({ 'x-name': Type.String() }),
    response: Type.Object({ q: Type.String(), limit: Type.Integer(), name: Type.String() }),
  }),
  findTagged: endpoint({
    method: 'GET',
    path: '/tagged',
    query: Type.Object({ tag: Type.Array(Type.String()), id: Type.Array(Type.Integer()) }),
    response: Type.Object({ tag: Type.Array(Type.String()), id: Type.Array(Type.Integer()) }),
  }),
  count: endpoint({ method: 'GET', path: '/count', response: Type.Object({ count: Type.Integer() }) }),
  wait: endpoint({ method: 'GET', path: '/wait', response: Text }),
  notThere: endpoint({ method: 'GET', path: '/nothing', response: Item, errors }),
  callback: endpoint({ method: 'POST', path: '/events/pubsub/sold', body: Type.Unknown() }),
  subscriptions: endpoint({ method: 'GET', path: '/dapr/subscribe', response: Type.Unknown() }),
}

const unknown = { type: 'about:blank', title: 'Item unknown', status: 404, code: 'item-unknown' as const }
const received: unknown[] = []
let whenWaiting: () => void = () => undefined

const catalogApp = ({ appToken }: Daprd) =>
  new Elysia()
    .use(dapr({ appToken }))
    .use(
      route(contract.getItem, ({ params: { id }, request: { headers } }) => {
        if (id === 'none') throw status(404, unknown)
        return {
          id,
          caller: headers.get('dapr-caller-app-id') ?? '',
          traceparent: headers.get('traceparent') ?? '',
        }
      }),
    )
    .use(route(contract.addItem, ({ body }) => body))
    .use(
      route(contract.patchItem, () => {
        throw status(409, { version: 8 })
      }),
    )
    .use(route(contract.deleteItem, () => undefined))
    .use(route(contract.findItems, ({ query, headers }) => ({ ...query, name: headers['x-name'] })))
    .use(route(contract.findTagged, ({ query }) => query))
    .get('/count', () => new Response('{"count":9007199254740993}'))
    .get('/wait', () => {
      whenWaiting()
      return new Promise<Response>(() => undefined)
    })
    .use(subscribe(topic('pubsub', 'sold', Type.Unknown()), ({ data }) => void received.push(data)))

const cleanup = new AsyncDisposableStack()
let home: string
let gateway: Daprd
let catalog: Client<typeof contract>

beforeAll(async () => {
  home = cleanup.use(await temporaryFolder()).path
  cleanup.use(await daprd({ home, appId: 'catalog', app: catalogApp }))
  gateway = cleanup.use(await daprd({ home, appId: 'gateway' }))
  catalog = client(gateway, 'catalog', contract)
})

afterAll(() => cleanup.disposeAsync())

test.each([
  '7',
  'with space',
  'ünïcode 注文 🛒',
  'a?b#c&d=e',
  '100%',
  '%2F',
  'a/b',
  '../..',
  '..%2f..',
  '/',
  'a//b',
  "~!*()'",
  '+',
  'tab\tand\nline',
])('the parameter %j arrives as it was sent', async id => {
  const { data, status } = await catalog.getItem({ params: { id } })
  expect([status, data.id, data.caller]).toEqual([200, id, 'gateway'])
})

test('query, header and body arrive as they were sent, in any language', async () => {
  const query = { q: 'ä&b=c+d 注文 🛒', limit: 5 }
  const found = await catalog.findItems({ params: { id: 'ä' }, query, headers: { 'x-name': 'a"b, c' } })
  expect(found.data).toEqual({ ...query, name: 'a"b, c' })
  const text = 'ä 注文 🛒 \u0000 \ufeff'
  const added = await catalog.addItem({ body: { text } })
  expect([added.status, added.data.text]).toEqual([201, text])
})

test('lists in a query arrive as they were sent', async () => {
  for (const query of [
    { tag: ['a', 'b'], id: [1, 2] },
    { tag: ['a,b', '["c"]'], id: [3] },
    { tag: [], id: [] },
  ]) {
    expect((await catalog.findTagged({ query })).data).toEqual(query)
  }
})

test('an answer without a body has no data', async () => {
  const { status, data } = await catalog.deleteItem({ params: { id: '7' } })
  expect([status, data]).toEqual([204, undefined])
})

test('the call is part of the caller’s trace', async () => {
  const { traceId, result } = await inTestSpan(() => catalog.getItem({ params: { id: '7' } }))
  expect(result.data.traceparent.split('-')[1]).toBe(traceId)
})

describe('a body of 4 MiB', () => {
  const most = 4 * 1024 * 1024
  const text = (size: number) => 'x'.repeat(size - JSON.stringify({ text: '' }).length)

  test('goes there and back', async () => {
    const { data } = await catalog.addItem({ body: { text: text(most) } })
    expect(data.text.length).toBe(text(most).length)
  })

  test.each([1, 1024 * 1024])('and %d bytes is too large, and no retry helps', async more => {
    const error = await failureOf(catalog.addItem({ body: { text: text(most + more) } }))
    expect(error).toMatchObject({
      name: 'InvokeError',
      status: 413,
      code: 'BODY_TOO_LARGE',
      retryable: false,
      body: { errorCode: 'ERR_DIRECT_INVOKE' },
    })
  })

  test('is the least that a sidecar can be told to take', async () => {
    await using roomy = await daprd({ home, appId: 'roomy', maxBodySize: '8Mi' })
    await using roomyCatalog = await daprd({
      home,
      appId: 'roomy-catalog',
      app: catalogApp,
      maxBodySize: '8Mi',
    })
    const { addItem } = client(roomy, roomyCatalog.appId, contract)
    const { data } = await addItem({ body: { text: text(most * 1.5) } })
    expect(data.text.length).toBe(text(most * 1.5).length)
  })
})

describe('a failure', () => {
  test('of the contract is told from any other', async () => {
    const error = await failureOf(catalog.getItem({ params: { id: 'none' } }))
    if (!isFailure(error, catalog.getItem, 404)) throw error
    expect(error.body).toEqual(unknown)
    const conflict = await failureOf(catalog.patchItem({ params: { id: '7' }, body: { text: '' } }))
    if (!isFailure(conflict, catalog.patchItem, 409)) throw conflict
    expect([conflict.status, conflict.body.version, conflict.retryable]).toEqual([409, 8, false])
  })

  test('of a path that the service does not have is none of the contract', async () => {
    const error = await failureOf(catalog.notThere({}))
    expect(error).toMatchObject({ name: 'InvokeError', status: 404, body: 'NOT_FOUND' })
    expect(isFailure(error, catalog.notThere, 404)).toBe(false)
  })

  test('is an integer that no number can hold', async () => {
    expect(await failureOf(catalog.count({}))).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      body: { count: '9007199254740993' },
    })
  })

  test('is an app that nobody knows', async () => {
    const error = await failureOf(client(gateway, 'nobody', contract).getItem({ params: { id: '7' } }))
    expect(error).toMatchObject({
      name: 'InvokeError',
      appId: 'nobody',
      operation: 'GET /items/:id',
      code: 'ERR_DIRECT_INVOKE',
      status: 500,
      retryable: true,
    })
  })

  test('is an app that has gone, while its sidecar is there', async () => {
    const app = catalogApp({ appToken: '' } as Daprd).listen({ hostname: '127.0.0.1', port: 0 })
    await using orphan = await daprd({ home, appId: 'orphan', app: { port: app.server?.port ?? 0 } })
    await app.stop(true)
    const error = await failureOf(client(gateway, orphan.appId, contract).getItem({ params: { id: '7' } }))
    expect(error).toMatchObject({ code: 'ERR_DIRECT_INVOKE', status: 500, retryable: true })
  })

  test('is a sidecar that has gone', async () => {
    await using lost = await daprd({ home, appId: 'lost' })
    await lost.kill()
    const error = await failureOf(client(lost, 'catalog', contract).getItem({ params: { id: '7' } }))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'UNREACHABLE', status: 0, retryable: true })
  })

  test('is a wrong token of the sidecar', async () => {
    const stranger = { ...gateway, request: gateway.request.bind(gateway) }
    stranger.request = (path, init) => fetch(`${gateway.endpoint}${path}`, init)
    const error = await failureOf(client(stranger, 'catalog', contract).getItem({ params: { id: '7' } }))
    expect(error).toMatchObject({ code: 'INVALID_API_TOKEN', status: 401, retryable: false })
  })

  test('is an answer that takes too long', async () => {
    const error = await failureOf(catalog.wait({}, { timeout: 200 }))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'TIMEOUT', status: 0, retryable: true })
  })

  test('is a call that was cancelled', async () => {
    const abort = new AbortController()
    whenWaiting = () => abort.abort()
    const error = await failureOf(catalog.wait({}, { signal: abort.signal }))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'ABORTED', status: 0, retryable: false })
  })
})

test('no callback can be called through the mesh', async () => {
  const event = { id: 'forged', data: 'forged' }
  expect(await failureOf(catalog.callback({ body: event }))).toMatchObject({ status: 403, code: 'forbidden' })
  expect(await failureOf(catalog.subscriptions({}))).toMatchObject({ status: 403, code: 'forbidden' })
  expect(received).toEqual([])
})
