import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { DaprError, endpoint, InvokeError, route } from 'elysia-dapr'
import { collectLog } from '../test/collect.ts'
import { createBase } from './base.ts'
import { Problem } from './problem.ts'

const body = Type.Object({ units: Type.Integer() })
const params = Type.Object({ id: Type.Integer() })
const Answer = Type.Object({ ok: Type.Boolean() })

function setUp(fail: () => unknown = () => undefined) {
  const { log, lines } = collectLog()
  const app = createBase({ log })
    .use(route(endpoint({ method: 'POST', path: '/orders', body, response: Answer }), () => ({ ok: true })))
    .use(
      route(endpoint({ method: 'GET', path: '/orders/:id', params, response: Answer }), () => ({ ok: true })),
    )
    .use(route(endpoint({ method: 'PUT', path: '/orders/:id', params }), () => undefined))
    .use(route(endpoint({ method: 'GET', path: '/wrong', response: Answer }), () => ({ ok: 'pw' }) as never))
    .get('/fail', () => {
      fail()
    })

  async function send(method: string, path: string, init: RequestInit = {}) {
    const answer = await app.handle(new Request(`http://localhost${path}`, { method, ...init }))
    const text = await answer.text()
    return { answer, document: text === '' ? undefined : JSON.parse(text), lines }
  }
  return send
}

const json = { 'content-type': 'application/json' }

describe('a request that is wrong', () => {
  test('no JSON', async () => {
    const { answer, document } = await setUp()('POST', '/orders', { headers: json, body: '{"units":' })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.status).toBe(400)
    expect(document).toEqual({
      type: 'urn:shop:problem:malformed-body',
      title: 'Malformed body',
      status: 400,
      detail: 'The body is not the JSON that its content-type promises.',
      code: 'malformed-body',
    })
  })

  test('JSON that does not fit', async () => {
    const { answer, document } = await setUp()('POST', '/orders', { headers: json, body: '{"units":"x"}' })
    expect(answer.status).toBe(422)
    expect(document).toMatchObject({
      code: 'invalid-body',
      detail: 'The body is not valid at /units: expected integer.',
    })
  })

  test('no body where one is needed', async () => {
    expect((await setUp()('POST', '/orders')).document).toMatchObject({ status: 422, code: 'invalid-body' })
  })

  test('a wrong parameter', async () => {
    const { document } = await setUp()('GET', '/orders/x')
    expect(document).toMatchObject({
      status: 422,
      code: 'invalid-request',
      detail: 'The path is not valid at /id: expected integer.',
    })
  })

  test.each(['/nothing', '/orders/1/lines', '/'])('an unknown path: %s', async path => {
    const { answer, document } = await setUp()('GET', path)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(document).toMatchObject({ status: 404, code: 'not-found' })
  })

  test.each([
    ['DELETE', '/orders', 'POST'],
    ['GET', '/orders', 'POST'],
    ['DELETE', '/orders/1', 'GET, PUT'],
    ['POST', '/healthz', 'GET'],
  ])('a wrong method: %s %s', async (method, path, allow) => {
    const { answer, document } = await setUp()(method, path)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
    expect(document).toMatchObject({ code: 'method-not-allowed', status: 405 })
  })
})

describe('a handler that fails', () => {
  test('as expected', async () => {
    const { answer, document, lines } = await setUp(() => {
      throw new Problem(404, 'order-unknown', 'There is no order 1.', { orderId: 1 })
    })('GET', '/fail')
    expect(answer.status).toBe(404)
    expect(document).toEqual({
      type: 'urn:shop:problem:order-unknown',
      title: 'Order unknown',
      status: 404,
      detail: 'There is no order 1.',
      code: 'order-unknown',
      orderId: 1,
    })
    expect(lines).toEqual([])
  })

  test('unexpectedly: logged, and nothing of it answered', async () => {
    const { answer, document, lines } = await setUp(() => {
      throw new Error('password authentication failed for shop')
    })('GET', '/fail')
    expect(answer.status).toBe(500)
    expect(document).toEqual({
      type: 'urn:shop:problem:internal',
      title: 'Internal',
      status: 500,
      detail: 'Something went wrong on our side.',
      code: 'internal',
    })
    expect(lines).toMatchObject([
      { level: 'error', err: { message: 'password authentication failed for shop' }, route: '/fail' },
    ])
  })

  test('by throwing no Error', async () => {
    const { document } = await setUp(() => {
      throw 'internal text'
    })('GET', '/fail')
    expect(document).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(document)).not.toContain('internal text')
  })

  test('by an answer that breaks the contract', async () => {
    const { document, lines } = await setUp()('GET', '/wrong')
    expect(document).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(document)).not.toContain('pw')
    expect(lines).toMatchObject([{ err: { message: 'GET /wrong answers what its contract forbids at /ok' } }])
  })
})

describe('a service behind this one', () => {
  function failWith(details: ConstructorParameters<typeof InvokeError>[2]) {
    return setUp(() => {
      throw new InvokeError('catalog', 'POST /quotes', details)
    })('GET', '/fail')
  }

  test('whose refusal is the caller’s', async () => {
    const { answer, document } = await failWith({
      status: 422,
      code: 'product-unknown',
      expected: true,
      body: {
        type: 'urn:internal',
        title: 'x',
        status: 422,
        detail: 'No product 9.',
        code: 'product-unknown',
        productIds: [9],
      },
    })
    expect(answer.status).toBe(422)
    expect(document).toEqual({
      type: 'urn:shop:problem:product-unknown',
      title: 'Product unknown',
      status: 422,
      detail: 'No product 9.',
      code: 'product-unknown',
      productIds: [9],
    })
  })

  test.each([
    ['does not answer', { code: 'UNREACHABLE' }],
    ['is too slow', { code: 'TIMEOUT' }],
    ['is overloaded', { status: 503, code: 'unavailable', body: { code: 'unavailable' } }],
    ['fails', { status: 500, code: 'internal', body: { code: 'internal' } }],
  ])('that %s makes this one unavailable', async (_, details) => {
    const { answer, document } = await failWith(details)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(document).toMatchObject({ status: 503, code: 'unavailable' })
  })

  test('whose refusal its contract does not declare is a fault of ours', async () => {
    const body = { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthorized' }
    const { document } = await failWith({ status: 401, code: 'unauthorized', body })
    expect(document).toMatchObject({ status: 500, code: 'internal' })
  })

  test('that breaks its contract is a fault of ours: no retry helps', async () => {
    const { document } = await failWith({ status: 200, code: 'SCHEMA_MISMATCH', retryable: false })
    expect(document).toMatchObject({ status: 500, code: 'internal' })
  })

  test('whose sidecar refuses says nothing of the mesh', async () => {
    const { document } = await failWith({
      status: 403,
      code: 'ERR_DIRECT_INVOKE',
      body: { errorCode: 'ERR_DIRECT_INVOKE', message: 'spiffe://public/ns/default/gateway may not' },
    })
    expect(document).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(document)).not.toContain('spiffe')
  })

  test.each([
    [{ status: 500, code: 'ERR_STATE_GET' }, 503],
    [{ status: 400, code: 'ERR_MALFORMED_REQUEST' }, 500],
  ])('and a sidecar that answers %j', async (details, status) => {
    const { answer } = await setUp(() => {
      throw new DaprError('read c1 from carts', details)
    })('GET', '/fail')
    expect(answer.status).toBe(status)
  })
})

test('a client that goes away is no failure of the service', async () => {
  const send = setUp(() => {
    throw new InvokeError('orders', 'GET /orders/:id', { code: 'ABORTED' })
  })
  const { document, lines } = await send('GET', '/fail')
  expect(document).toMatchObject({ status: 499, code: 'client-closed-request' })
  expect(lines).toEqual([])
})
