import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { Problem } from '@shop/chassis/problem'
import { InvokeError, sidecar } from 'elysia-dapr'
import { createApp } from './app.ts'
import { createServices } from './services.ts'
import type { Shipping } from './shipping.ts'

/** What the gateway sent to its sidecar, and what it is answered. */
let sent: { method: string; path: string; headers: Headers; body: string }[]
let answer: () => Response
let server: ReturnType<typeof Bun.serve>
let shipment: Shipping['get']

const openApi = '{"openapi":"3.1.0"}'

beforeEach(() => {
  sent = []
  shipment = async orderId => ({ orderId, status: 'arranged', units: 3, priceCents: 900 })
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
  const shipping: Shipping = { get: (...args) => shipment(...args) }
  const app = createApp({ log: createLogger('gateway', 'silent'), services, shipping, openApi, appToken })
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
  shippingCents: 1500,
  placedAt: 'now',
  version: 1,
}
const payment = {
  orderId,
  status: 'captured',
  amountCents: 900,
  capturedCents: 900,
  refundedCents: 0,
  version: 2,
}
const totals = {
  placed: 1,
  confirmed: 1,
  rejected: 0,
  cancelled: 0,
  units: 3,
  goodsCents: 600,
  shippingCents: 300,
  capturedCents: 900,
  refundedCents: 0,
  parked: 0,
}

test.each([
  ['GET', '/products', '/catalog/method/products', []],
  ['GET', '/carts/ALFKI', '/cart/method/carts/ALFKI', { customerId: 'ALFKI', items: [] }],
  ['GET', `/orders/${orderId}`, `/orders/method/orders/${orderId}`, order],
  [
    'GET',
    `/orders?customerId=ALFKI&before=${orderId}&limit=5`,
    `/orders/method/orders?customerId=ALFKI&before=${orderId}&limit=5`,
    [order],
  ],
  [
    'GET',
    `/orders/${orderId}/history`,
    `/orders/method/orders/${orderId}/history`,
    [{ version: 1, type: 'order-placed', at: 'now', data: { customerId: 'ALFKI' } }],
  ],
  [
    'GET',
    `/orders/${orderId}/checkout`,
    `/orders/method/orders/${orderId}/checkout`,
    { workflow: 'checkout-v1', status: 'RUNNING', step: 'confirm' },
  ],
  ['GET', '/stock', '/inventory/method/stock', []],
  ['GET', '/stock/7', '/inventory/method/stock/7', { productId: 7, onHand: 2, reserved: 1, available: 1 }],
  [
    'GET',
    `/reservations/${orderId}`,
    `/inventory/method/reservations/${orderId}`,
    { orderId, status: 'reserved', lines: [], version: 1 },
  ],
  ['GET', `/payments/${orderId}`, `/payments/method/payments/${orderId}`, payment],
  [
    'GET',
    '/sales/countries',
    '/insights/method/sales/countries',
    [{ key: 'Peru', orders: 1, units: 3, cents: 600 }],
  ],
  ['GET', '/totals', '/insights/method/totals', totals],
])('%s %s is answered by the service behind it', async (method, path, target, body) => {
  answer = () => Response.json(body)
  const answered = await send(method, path)
  expect([answered.status, await answered.json()]).toEqual([200, body])
  expect(sent.map(({ method, path }) => [method, path])).toEqual([[method, target]])
})

test('only the query that the endpoint declares goes on, as its types say', async () => {
  await send('GET', '/orders?customerId=ALFKI&limit=7&internal=1')
  await send('GET', '/products?internal=1')
  expect(sent.map(({ path }) => path)).toEqual([
    '/orders/method/orders?customerId=ALFKI&limit=7',
    '/catalog/method/products',
  ])
  for (const query of ['', '?customerId=ALFKI&limit=0', '?customerId=ALFKI&limit=x', '?customerId=a%26b']) {
    expect((await send('GET', `/orders${query}`)).status).toBe(422)
  }
  expect(sent).toHaveLength(2)
})

test('an order is cancelled, a card is kept', async () => {
  const cancelled = { ...order, status: 'cancelled', reason: 'too late', version: 6 }
  answer = () => Response.json(cancelled)
  const cancel = { headers: json, body: '{"reason":"too late"}' }
  expect(await (await send('POST', `/orders/${orderId}/cancellation`, cancel)).json()).toEqual(cancelled)
  expect(sent[0]).toMatchObject({
    method: 'POST',
    path: `/orders/method/orders/${orderId}/cancellation`,
    body: '{"reason":"too late"}',
  })

  answer = () => new Response(null, { status: 204 })
  const card = { headers: json, body: '{"token":"tok_ALFKI"}' }
  expect((await send('PUT', '/cards/ALFKI', card)).status).toBe(204)
  expect(sent[1]).toMatchObject({ method: 'PUT', path: '/payments/method/cards/ALFKI', body: card.body })
})

test('a shipment is asked for over gRPC', async () => {
  const arranged = await send('GET', `/shipments/${orderId}`)
  expect([arranged.status, await arranged.json()]).toEqual([
    200,
    { orderId, status: 'arranged', units: 3, priceCents: 900 },
  ])
  expect((await send('GET', '/shipments/1')).status).toBe(422)

  shipment = async () => {
    throw new Problem(404, 'shipment-unknown')
  }
  const unknown = await send('GET', `/shipments/${orderId}`)
  expect([unknown.status, JSON.parse(await unknown.text()).code]).toEqual([404, 'shipment-unknown'])
  expect(sent).toEqual([])
})

test('a service that is not there is unavailable, and may be asked again', async () => {
  const message = 'failed to invoke, id: insights, err: no host found with the given ID'
  answer = () => Response.json({ errorCode: 'ERR_DIRECT_INVOKE', message }, { status: 500 })
  shipment = async () => {
    throw new InvokeError('shipping', 'Get', { code: 'Unknown' })
  }
  for (const path of ['/totals', '/sales/days', `/shipments/${orderId}`]) {
    const away = await send('GET', path)
    expect([away.status, away.headers.get('content-type'), away.headers.get('retry-after')]).toEqual([
      503,
      'application/problem+json',
      '1',
    ])
    expect(JSON.parse(await away.text()).code).toBe('unavailable')
  }
})

test('the OpenAPI document is served as it is', async () => {
  const served = await send('GET', '/openapi.json')
  expect([served.status, served.headers.get('content-type')]).toEqual([200, 'application/json'])
  expect(await served.text()).toBe(openApi)
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
  ['POST', `/payments`, 404],
  ['DELETE', `/payments/${orderId}`, 405],
  ['DELETE', `/reservations/${orderId}`, 405],
  ['POST', '/stock/1/deliveries', 404],
  ['GET', '/dead-letters', 404],
  ['POST', '/openapi.json', 405],
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
  for (const path of ['/products/x', '/products/1.5', '/carts/..%2F..%2Fx', '/orders/1', '/sales/weeks']) {
    expect((await send('GET', path)).status).toBe(422)
  }
  expect((await send('POST', '/orders', { headers: json, body: '{' })).status).toBe(400)
  expect(sent).toEqual([])
})
