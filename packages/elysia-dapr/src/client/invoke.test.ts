import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { failureOf, localServer, stalledBody } from '../../test/local-server.ts'
import { endpoint, problem, topic } from '../contract.ts'
import { DaprError, InvokeError } from '../errors.ts'
import { route } from '../server/route.ts'
import { client, isFailure } from './invoke.ts'

const params = Type.Object({ id: Type.String() })
const Item = Type.Object({ id: Type.String() })
const errors = { 404: problem('item-unknown'), 409: Type.Object({ version: Type.Integer() }) }

const contract = {
  getItem: endpoint({ method: 'GET', path: '/items/:id', params, response: Item, errors }),
  findItems: endpoint({
    method: 'GET',
    path: '/items',
    query: Type.Object({ q: Type.Optional(Type.String()), limit: Type.Optional(Type.Integer()) }),
    response: Type.Array(Item),
  }),
  putItem: endpoint({
    method: 'PUT',
    path: '/items/:id',
    params,
    headers: Type.Object({ 'if-match': Type.String() }),
    body: Item,
    response: Item,
  }),
  deleteItem: endpoint({ method: 'DELETE', path: '/items/:id', params }),
  itemSold: topic('pubsub', 'item-sold', Item),
  limit: 5,
}

function answering(answer: (request: Request) => Response | Promise<Response>) {
  const { sidecar, [Symbol.dispose]: dispose } = localServer(answer)
  return { sidecar: sidecar(), items: client(sidecar(), 'my app', contract), [Symbol.dispose]: dispose }
}

describe('a call', () => {
  test('is one function for each endpoint, and for nothing else', () => {
    using server = answering(() => new Response())
    expect(Object.keys(server.items)).toEqual(['getItem', 'findItems', 'putItem', 'deleteItem'])
  })

  test('goes to the service through the sidecar, as the contract says', async () => {
    const seen: unknown[] = []
    using server = answering(async request => {
      const { pathname, search } = new URL(request.url)
      seen.push([request.method, pathname + search, request.headers.get('if-match'), await request.text()])
      return request.method === 'DELETE'
        ? new Response(null, { status: 204 })
        : Response.json({ id: 'ä?#%' }, { status: 201, headers: { etag: '"8"' } })
    })
    const answer = await server.items.putItem({
      params: { id: 'ä?#%' },
      headers: { 'if-match': '"7"' },
      body: { id: 'ä?#%' },
    })
    expect([answer.status, answer.headers.get('etag'), answer.data]).toEqual([201, '"8"', { id: 'ä?#%' }])
    expect((await server.items.deleteItem({ params: { id: '1' } })).data).toBeUndefined()
    expect(seen).toEqual([
      ['PUT', '/v1.0/invoke/my%2520app/method/items/%25C3%25A4%253F%2523%2525', '"7"', '{"id":"ä?#%"}'],
      ['DELETE', '/v1.0/invoke/my%2520app/method/items/1', null, ''],
    ])
  })

  test('sends what of the query is there', async () => {
    using server = answering(({ url }) => Response.json([{ id: new URL(url).search }]))
    const { data } = await server.items.findItems({ query: { q: 'a&b', limit: 5 } })
    expect(data).toEqual([{ id: '?q=a%26b&limit=5' }])
    expect((await server.items.findItems({ query: {} })).data).toEqual([{ id: '' }])
  })

  const anything = endpoint({ method: 'GET', path: '/', query: Type.Unknown(), response: Type.String() })

  test.each([
    [{ tag: ['a', 'b,c'] }, '?tag=a&tag=b%2Cc'],
    [{ id: [1, 2], all: true }, '?id=1&id=2&all=true'],
    [{ tag: [], none: undefined }, ''],
  ])('sends each element of an array in its query: %j', async (query, search) => {
    using server = localServer(({ url }) => Response.json(`in ${new URL(url).search}`))
    const call = client(server.sidecar(), 'items', { anything }).anything
    expect((await call({ query })).data).toBe(`in ${search}`)
  })

  test('has the parameters that its route has', async () => {
    const dotted = endpoint({
      method: 'GET',
      path: '/a/:id.json/x-:name',
      params: Type.Object({ 'id.json': Type.String(), name: Type.String() }),
      response: Type.String(),
    })
    const app = route(dotted, ({ params }) => `${params['id.json']} ${params.name}`)
    using server = localServer(async ({ url }) => {
      const path = decodeURIComponent(new URL(url).pathname.replace('/v1.0/invoke/items/method', ''))
      const answer = await app.handle(new Request(`http://localhost${path}`))
      return Response.json(await answer.text())
    })
    const call = client(server.sidecar(), 'items', { dotted }).dotted
    expect((await call({ params: { 'id.json': 'a/b', name: 'c' } })).data).toBe('a/b c')
  })

  test('sends no header that is undefined', async () => {
    const headed = endpoint({ method: 'GET', path: '/', headers: Type.Unknown(), response: Type.Unknown() })
    using server = localServer(({ headers }) => Response.json([headers.get('x-a'), headers.get('x-b')]))
    const call = client(server.sidecar(), 'items', { headed }).headed
    expect((await call({ headers: { 'x-a': undefined, 'x-b': '1' } })).data).toEqual([null, '1'])
  })

  test.each([{ a: null }, { a: {} }, { a: [[1]] }, { a: [undefined] }, { a: new Date() }])(
    'has no query that a URL cannot hold: %j',
    async query => {
      using server = answering(() => Response.json('reached'))
      const call = client(server.sidecar, 'items', { anything }).anything
      expect(await failureOf(call({ query }))).toBeInstanceOf(TypeError)
    },
  )

  test.each(['..', '.', '', '\ud800'])('has no parameter that names another operation: %j', async id => {
    using server = answering(() => Response.json({ id: 'reached' }))
    expect(await failureOf(server.items.getItem({ params: { id } }))).toBeInstanceOf(TypeError)
  })
})

describe('a failure', () => {
  const unknown = { type: 'about:blank', title: 'Item unknown', status: 404, code: 'item-unknown' }

  test('keeps the status and the body of the answer', async () => {
    using server = answering(() => Response.json(unknown, { status: 404 }))
    const error = await failureOf(server.items.getItem({ params: { id: '1' } }))
    expect(error).toBeInstanceOf(InvokeError)
    expect(error).toBeInstanceOf(DaprError)
    expect(error).toMatchObject({
      name: 'InvokeError',
      message: 'GET /items/:id of my app failed: 404',
      appId: 'my app',
      operation: 'GET /items/:id',
      status: 404,
      code: 'item-unknown',
      body: unknown,
      retryable: false,
    })
  })

  test('is told by app, operation, status and body', async () => {
    using server = answering(() => Response.json(unknown, { status: 404 }))
    const error = await failureOf(server.items.getItem({ params: { id: '1' } }))
    expect(isFailure(error, server.items.getItem, 404)).toBe(true)
    expect(isFailure(error, server.items.getItem, 409)).toBe(false)
    expect(isFailure(new Error('other'), server.items.getItem, 404)).toBe(false)
    const target = server.sidecar
    expect(isFailure(error, client(target, 'my app', contract).getItem, 404)).toBe(true)
    expect(isFailure(error, client(target, 'another app', contract).getItem, 404)).toBe(false)
    const other = endpoint({ method: 'GET', path: '/things/:id', params, response: Item, errors })
    expect(isFailure(error, client(target, 'my app', { other }).other, 404)).toBe(false)
  })

  test.each([
    ['the sidecar', { errorCode: 'ERR_DIRECT_INVOKE', message: 'app not found' }],
    ['a wrong path', { ...unknown, code: 'not-found' }],
    ['something else', 'Not Found'],
  ])('of %s is no failure of the contract', async (_, body) => {
    using server = answering(() => Response.json(body, { status: 404 }))
    const error = await failureOf(server.items.getItem({ params: { id: '1' } }))
    expect(error).toMatchObject({ status: 404 })
    expect(isFailure(error, server.items.getItem, 404)).toBe(false)
  })

  test.each([
    ['another shape', () => Response.json({ id: 1 })],
    ['no JSON', () => new Response('<html>')],
  ])('is an answer that breaks the contract: %s', async (_, answer) => {
    using server = answering(answer)
    const error = await failureOf(server.items.getItem({ params: { id: '1' } }))
    expect(error).toMatchObject({
      name: 'InvokeError',
      status: 200,
      code: 'SCHEMA_MISMATCH',
      retryable: false,
    })
  })

  test.each([
    ['GET', true],
    ['PUT', true],
    ['DELETE', true],
    ['POST', false],
    ['PATCH', false],
  ] as const)(
    'is an empty 200 where the contract has another success, as daprd says for an app that goes away: %s',
    async (method, retryable) => {
      using server = localServer(() => new Response())
      const withBody = endpoint({ method, path: '/', response: Item })
      const without = endpoint({ method, path: '/' })
      const calls = client(server.sidecar(), 'items', { withBody, without })
      for (const call of [calls.withBody({}), calls.without({})]) {
        expect(await failureOf(call)).toMatchObject({
          name: 'InvokeError',
          message: `${method} / of items failed: BAD_ANSWER`,
          status: 200,
          code: 'BAD_ANSWER',
          retryable,
        })
      }
      const empty = endpoint({ method, path: '/', status: 200 })
      expect((await client(server.sidecar(), 'items', { empty }).empty({})).status).toBe(200)
    },
  )

  test('is an integer that no number can hold, which is not rounded', async () => {
    const Count = Type.Object({ count: Type.Integer(), text: Type.Optional(Type.String()) })
    const count = endpoint({ method: 'GET', path: '/count', response: Count, errors: { 409: Count } })
    let answer = ''
    let status = 200
    using server = localServer(() => new Response(answer, { status }))
    const call = client(server.sidecar(), 'items', { count }).count
    answer = '{"count":9007199254740991,"added":9007199254740993,"text":"9007199254740993"}'
    expect((await call({})).data).toMatchObject({ count: Number.MAX_SAFE_INTEGER, text: '9007199254740993' })
    answer = '{"count":9007199254740993}'
    expect(await failureOf(call({}))).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      body: { count: '9007199254740993' },
    })
    status = 409
    const error = await failureOf(call({}))
    expect(error).toMatchObject({ status: 409, body: { count: '9007199254740993' } })
    expect(isFailure(error, call, 409)).toBe(false)
  })

  test('is not what a newer service adds', async () => {
    using server = answering(() => Response.json({ id: '1', colour: 'red' }))
    expect((await server.items.getItem({ params: { id: '1' } })).data.id).toBe('1')
  })

  test('is an answer that does not end in time, or is cancelled', async () => {
    using server = answering(stalledBody)
    const call = { params: { id: '1' } }
    expect(await failureOf(server.items.getItem(call, { timeout: 20 }))).toMatchObject({
      name: 'InvokeError',
      code: 'TIMEOUT',
      retryable: true,
    })
    expect(await failureOf(server.items.getItem(call, { signal: AbortSignal.abort() }))).toMatchObject({
      name: 'InvokeError',
      code: 'ABORTED',
      retryable: false,
    })
  })
})
