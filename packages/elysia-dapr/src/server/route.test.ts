import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { type AnyElysia, Elysia } from 'elysia'
import { endpoint } from '../contract.ts'
import { UnsupportedMediaTypeError } from '../json-type.ts'
import { route } from './route.ts'

const params = Type.Object({ id: Type.Integer({ minimum: 1 }) })
const Item = Type.Object({ id: Type.Integer() })

function send(app: AnyElysia, method: string, path: string, body?: unknown) {
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  return app.handle(new Request(`http://localhost${path}`, { method, ...(body !== undefined && json) }))
}

test('what stands in the URL has the type of the contract', async () => {
  const query = Type.Object({ limit: Type.Optional(Type.Integer()), open: Type.Optional(Type.Boolean()) })
  const find = endpoint({ method: 'GET', path: '/items/:id', params, query, response: Type.Unknown() })
  const app = new Elysia().use(route(find, ({ params, query }) => ({ params, query })))
  expect(await (await send(app, 'GET', '/items/7?limit=5&open=true')).json()).toEqual({
    params: { id: 7 },
    query: { limit: 5, open: true },
  })
  expect(await (await send(app, 'GET', '/items/7')).json()).toEqual({ params: { id: 7 }, query: {} })
})

test.each(['seven', '0', '1.5', '1e400', '1e0', '0x1', '%20', '%201', '9007199254740993'])(
  'a parameter that does not fit never reaches the handler: %s',
  async id => {
    let reached = false
    const find = endpoint({ method: 'GET', path: '/items/:id', params, response: Item })
    const app = new Elysia().use(
      route(find, ({ params }) => {
        reached = true
        return params
      }),
    )
    expect((await send(app, 'GET', `/items/${id}`)).status).toBe(422)
    expect(reached).toBe(false)
  },
)

test('numbers of headers have the type of the contract', async () => {
  const headers = Type.Object({ 'x-n': Type.Integer(), 'x-open': Type.Optional(Type.Boolean()) })
  const find = endpoint({ method: 'GET', path: '/items', headers, response: Type.Unknown() })
  const app = new Elysia().use(route(find, ({ headers }) => [headers['x-n'], headers['x-open']]))
  const get = async (headers: Record<string, string>) =>
    await app.handle(new Request('http://localhost/items', { headers }))
  expect(await (await get({ 'X-N': '5', 'x-open': 'true', other: '7' })).json()).toEqual([5, true])
  for (const n of ['five', '1.5', '1e0', '5, 6', '']) expect((await get({ 'x-n': n })).status).toBe(422)
})

describe('a list in the query', () => {
  const query = Type.Object({
    tag: Type.Optional(Type.Array(Type.String())),
    ids: Type.Array(Type.Integer(), { maxItems: 2 }),
    q: Type.Optional(Type.String()),
  })
  const find = endpoint({ method: 'GET', path: '/items', query, response: Type.Unknown() })
  const app = new Elysia().use(route(find, ({ query }) => query))

  test.each([
    ['', { ids: [] }],
    ['?tag=a', { tag: ['a'], ids: [] }],
    ['?tag=a&tag=b&q=a,b', { tag: ['a', 'b'], ids: [], q: 'a,b' }],
    ['?tag=a%2Cb', { tag: ['a,b'], ids: [] }],
    ['?tag=a,b&tag=c', { tag: ['a,b', 'c'], ids: [] }],
    ['?tag=%5Ba%2Cb%5D&tag=%7B%7D', { tag: ['[a,b]', '{}'], ids: [] }],
    ['?tag=', { tag: [''], ids: [] }],
    ['?tag=1&tag=%C3%A4+%26%3D', { tag: ['1', 'ä &='], ids: [] }],
    ['?ids=7', { ids: [7] }],
    ['?ids=7&tag=x&ids=-8', { tag: ['x'], ids: [7, -8] }],
  ])('%p is %j', async (search, lists) => {
    const answer = await send(app, 'GET', `/items${search}`)
    expect([answer.status, await answer.json()]).toEqual([200, lists])
  })

  test.each(['?ids=1,2', '?ids=', '?ids=1&ids=x', '?ids=1e0', '?ids=[1]', '?ids=1&ids=2&ids=3'])(
    '%p does not fit',
    async search => {
      expect((await send(app, 'GET', `/items${search}`)).status).toBe(422)
    },
  )
})

test('a number in the URL is written as a plain decimal', async () => {
  const query = Type.Object({ price: Type.Number() })
  const find = endpoint({ method: 'GET', path: '/items', query, response: Type.Unknown() })
  const app = new Elysia().use(route(find, ({ query }) => query))
  expect(await (await send(app, 'GET', '/items?price=1.50')).json()).toEqual({ price: 1.5 })
  for (const price of ['1e0', '0x1', '%201', '']) {
    expect((await send(app, 'GET', `/items?price=${price}`)).status).toBe(422)
  }
})

test('the body is validated and what it adds is left out', async () => {
  const add = endpoint({ method: 'POST', path: '/items', body: Item, response: Item, status: 201 })
  const app = new Elysia().use(route(add, ({ body }) => body))
  const answer = await send(app, 'POST', '/items', { id: 1, admin: true })
  expect(answer.status).toBe(201)
  expect(await answer.json()).toEqual({ id: 1 })
  expect((await send(app, 'POST', '/items', { id: '1' })).status).toBe(422)
  expect((await send(app, 'POST', '/items')).status).toBe(422)
})

test('an integer that no number can hold is not rounded', async () => {
  const add = endpoint({ method: 'POST', path: '/items', body: Item, response: Item })
  const app = new Elysia().use(route(add, ({ body }) => body))
  const headers = { 'content-type': 'application/json' }
  const statuses = []
  for (const body of ['{"id":9007199254740991}', '{"id":9007199254740993}']) {
    const request = new Request('http://localhost/items', { method: 'POST', headers, body })
    statuses.push((await app.handle(request)).status)
  }
  expect(statuses).toEqual([200, 422])
})

describe('the type of a body', () => {
  const Text = Type.Object({ text: Type.String() })
  const echo = endpoint({ method: 'POST', path: '/items', body: Text, response: Text })
  const post = (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer> | null) =>
    app.handle(new Request('http://localhost/items', { method: 'POST', headers, body }))
  const app = new Elysia()
    .onError(({ error }) => {
      if (error instanceof UnsupportedMediaTypeError) {
        return Response.json({ code: error.code, detail: error.message }, { status: error.status })
      }
      return undefined
    })
    .use(route(echo, ({ body }) => body))

  test.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/vnd.shop.item+json',
    'application/vnd.shop.item+JSON ; version=2',
  ])('that is JSON: %s', async type => {
    const answer = await post({ 'content-type': type }, '{"text":"é"}')
    expect([answer.status, await answer.json()]).toEqual([200, { text: 'é' }])
    expect((await post({ 'content-type': type }, '{"text":')).status).toBe(400)
    expect((await post({ 'content-type': type }, '{"text":1}')).status).toBe(422)
  })

  test.each([
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/octet-stream',
    'application/cloudevents',
  ])('that is not, whatever the body: %s', async type => {
    const answer = await post({ 'content-type': type }, '{"text":"é"}')
    expect([answer.status, await answer.json()]).toEqual([
      415,
      {
        code: 'unsupported-media-type',
        detail: `The body is of the type ${type}: send it as application/json.`,
      },
    ])
  })

  test('that is not told', async () => {
    const answer = await post({}, new TextEncoder().encode('{"text":"é"}'))
    expect([answer.status, await answer.json()]).toEqual([
      415,
      { code: 'unsupported-media-type', detail: 'The body is of no type: send it as application/json.' },
    ])
  })

  test('does not matter when there is no body', async () => {
    for (const headers of [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json' }]) {
      expect((await post(headers, null)).status).toBe(422)
    }
    expect((await post({ 'content-type': 'text/plain' }, '')).status).toBe(422)
  })

  test('over the wire', async () => {
    const server = new Elysia()
      .use(route(echo, ({ body }) => body))
      .listen({ hostname: '127.0.0.1', port: 0 })
    const url = `http://127.0.0.1:${server.server?.port}/items`
    const statuses = []
    for (const [type, body] of [
      ['Application/JSON', '{"text":"é"}'],
      ['text/plain', '{"text":"é"}'],
      ['application/json', null],
    ] as const) {
      statuses.push((await fetch(url, { method: 'POST', headers: { 'content-type': type }, body })).status)
    }
    await server.stop(true)
    expect(statuses).toEqual([200, 415, 422])
  })
})

test('required headers are validated', async () => {
  const headers = Type.Object({ 'idempotency-key': Type.String() })
  const add = endpoint({ method: 'POST', path: '/items', headers, response: Item })
  const app = new Elysia().use(route(add, ({ headers }) => ({ id: headers['idempotency-key'].length })))
  expect((await send(app, 'POST', '/items')).status).toBe(422)
  const answer = await app.handle(
    new Request('http://localhost/items', { method: 'POST', headers: { 'Idempotency-Key': 'abc' } }),
  )
  expect(await answer.json()).toEqual({ id: 3 })
})

test('the status is the contract’s, unless the handler chooses another', async () => {
  const drop = endpoint({ method: 'DELETE', path: '/items' })
  const accept = endpoint({ method: 'POST', path: '/items', status: 202, response: Item })
  const repeat = endpoint({ method: 'PUT', path: '/items', status: 202, response: Item })
  const app = new Elysia()
    .use(route(drop, () => undefined))
    .use(route(accept, () => ({ id: 1 })))
    .use(
      route(repeat, ({ set }) => {
        set.status = 200
        return { id: 1 }
      }),
    )
  const dropped = await send(app, 'DELETE', '/items')
  expect([dropped.status, await dropped.text()]).toEqual([204, ''])
  expect((await send(app, 'POST', '/items')).status).toBe(202)
  expect((await send(app, 'PUT', '/items')).status).toBe(200)
})

test.each([200, 201, 202, 299])(
  'an answer that breaks the contract with %d is a 500 and stays inside',
  async status => {
    const find = endpoint({ method: 'GET', path: '/items', response: Item, status })
    const app = new Elysia().use(route(find, () => ({ id: 'password' }) as never))
    const answer = await send(app, 'GET', '/items')
    expect(answer.status).toBe(500)
    expect(await answer.text()).toBe('GET /items answers what its contract forbids at /id')
  },
)

test.each([200, 202])('what an answer of %d adds to the contract is left out', async status => {
  const find = endpoint({ method: 'GET', path: '/items', response: Item, status })
  const app = new Elysia().use(route(find, () => ({ id: 1, passwordHash: 'x' })))
  expect(await (await send(app, 'GET', '/items')).json()).toEqual({ id: 1 })
})

test('a contract stays as it was declared', async () => {
  const echo = endpoint({ method: 'POST', path: '/items', body: Item, response: Item })
  const before = JSON.stringify(echo)
  await send(new Elysia().use(route(echo, ({ body }) => body)), 'POST', '/items', { id: 1 })
  expect(JSON.stringify(echo)).toBe(before)
})
