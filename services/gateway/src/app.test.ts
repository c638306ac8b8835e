import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { sidecar } from 'elysia-dapr'
import { createApp } from './app.ts'
import { createServices } from './services.ts'

/** What the gateway sent to its sidecar, and what it is answered. */
let sent: { method: string; path: string; headers: Headers; body: string }[]
let answer: () => Response
let server: ReturnType<typeof Bun.serve>

beforeEach(() => {
  sent = []
  answer = () => Response.json([])
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const path = pathname.replace('/v1.0/invoke', '') + search
      sent.push({ method: request.method, path, headers: request.headers, body: await request.text() })
      return answer()
    },
  })
})

afterEach(() => server.stop(true))

async function send(method: string, path: string, init: RequestInit = {}, appToken?: string) {
  const services = createServices(sidecar({ endpoint: server.url.origin, apiToken: 'sidecar-token' }))
  const app = createApp({ log: createLogger('gateway', 'silent'), services, appToken })
  return await app.handle(new Request(`http://localhost${path}`, { method, ...init }))
}

const json = { 'content-type': 'application/json' }
const orderId = '00000000-0000-7000-8000-000000000001'
const order = {
  id: orderId,
  customerId: 'ALFKI',
  status: 'placed',
  lines: [],
  totalCents: 0,
  placedAt: 'now',
}

test.each([
  ['GET', '/products', '/catalog/method/products', []],
  ['GET', '/carts/ALFKI', '/cart/method/carts/ALFKI', { customerId: 'ALFKI', items: [] }],
  ['GET', `/orders/${orderId}`, `/orders/method/orders/${orderId}`, order],
  ['GET', '/stock', '/inventory/method/stock', []],
  ['GET', '/stock/7', '/inventory/method/stock/7', { productId: 7, onHand: 2, reserved: 1, available: 1 }],
  [
    'GET',
    `/reservations/${orderId}`,
    `/inventory/method/reservations/${orderId}`,
    { orderId, status: 'reserved', lines: [] },
  ],
])('%s %s is answered by the service behind it', async (method, path, target, body) => {
  answer = () => Response.json(body)
  const answered = await send(method, path)
  expect([answered.status, await answered.json()]).toEqual([200, body])
  expect(sent.map(({ method, path }) => [method, path])).toEqual([[method, target]])
})

test('only the headers that the endpoint declares go on', async () => {
  answer = () => Response.json({ customerId: 'ALFKI', items: [] })
  const headers = {
    ...json,
    'if-match': '"7"',
    cookie: 'session=1',
    authorization: 'Bearer x',
    'dapr-api-token': 'forged',
    'dapr-app-id': 'orders',
    'x-forwarded-for': '10.0.0.1',
  }
  await send('PUT', '/carts/ALFKI', { headers, body: '{"items":[]}' })
  expect(sent[0]?.headers.get('if-match')).toBe('"7"')
  expect(sent[0]?.headers.get('dapr-api-token')).toBe('sidecar-token')
  expect(sent[0]?.body).toBe('{"items":[]}')
  for (const name of ['cookie', 'authorization', 'dapr-app-id', 'x-forwarded-for', 'if-none-match']) {
    expect(sent[0]?.headers.get(name) ?? null).toBeNull()
  }
})

test('status, etag and location come back, other headers and members do not', async () => {
  const headers = { etag: '"8"', location: `/orders/${orderId}`, 'set-cookie': 'a=b', 'x-internal': 'y' }
  answer = () => Response.json({ ...order, internal: 'secret' }, { status: 202, headers })
  const init = { headers: { ...json, 'idempotency-key': 'k1' }, body: JSON.stringify(placing) }
  const accepted = await send('POST', '/orders', init)
  expect([accepted.status, accepted.headers.get('etag'), accepted.headers.get('location')]).toEqual([
    202,
    '"8"',
    `/orders/${orderId}`,
  ])
  expect([accepted.headers.get('set-cookie'), accepted.headers.get('x-internal')]).toEqual([null, null])
  expect(await accepted.json()).toEqual(order)
  expect(sent[0]?.headers.get('idempotency-key')).toBe('k1')

  answer = () => Response.json(order)
  expect((await send('POST', '/orders', init)).status).toBe(200)
})

const placing = { customerId: 'ALFKI', lines: [{ productId: 1, quantity: 1 }] }

test('an answer without a body is passed on', async () => {
  answer = () => new Response(null, { status: 204 })
  const deleted = await send('DELETE', '/carts/ALFKI')
  expect([deleted.status, await deleted.text()]).toEqual([204, ''])
})

test('a refusal of the service is the client’s', async () => {
  const refusal = {
    type: 'urn:shop:problem:cart-changed',
    title: 'Cart changed',
    status: 409,
    code: 'cart-changed',
    detail: 'x',
  }
  answer = () =>
    Response.json(refusal, { status: 409, headers: { 'content-type': 'application/problem+json' } })
  const refused = await send('PUT', '/carts/ALFKI', {
    headers: { ...json, 'if-match': '"7"' },
    body: '{"items":[]}',
  })
  expect(refused.status).toBe(409)
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(await refused.json()).toEqual(refusal)
})

test.each([
  ['the sidecar refuses', 403, { errorCode: 'ERR_DIRECT_INVOKE', message: 'spiffe://x' }, 500, 'internal'],
  ['the service fails', 500, { code: 'internal', detail: 'SQLITE_BUSY' }, 503, 'unavailable'],
  ['the answer breaks the contract', 200, [{ id: 'x' }], 500, 'internal'],
])('when %s nothing of it leaves', async (_, status, body, answered, code) => {
  answer = () => Response.json(body, { status })
  const failed = await send('GET', '/products')
  const text = await failed.text()
  expect([failed.status, JSON.parse(text).code]).toEqual([answered, code])
  expect(text).not.toMatch(/spiffe|SQLITE/)
})

test.each([
  ['POST', '/quotes', 404],
  ['GET', '/v1.0/secrets/secrets/orders-database', 404],
  ['POST', '/events/pubsub/order-placed', 404],
  ['DELETE', '/products', 405],
  ['PATCH', '/carts/ALFKI', 405],
])('%s %s is not offered', async (method, path, status) => {
  expect((await send(method, path)).status).toBe(status)
  expect(sent).toEqual([])
})

test.each(['/dapr/subscribe', '/dapr/subscribe/'])('%s is refused to the public', async path => {
  expect((await send('GET', path, {}, 'app-token')).status).toBe(401)
})

test('what is wrong is refused before it goes anywhere', async () => {
  for (const path of ['/products/x', '/products/1.5', '/carts/..%2F..%2Fx', '/orders/1']) {
    expect((await send('GET', path)).status).toBe(422)
  }
  expect((await send('POST', '/orders', { headers: json, body: '{' })).status).toBe(400)
  expect(sent).toEqual([])
})
