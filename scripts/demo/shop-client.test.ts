import { afterEach, expect, test } from 'bun:test'
import { createHttp } from './http.ts'
import { createShopClient } from './shop-client.ts'
import { createServe } from './test/serve.ts'

const order = {
  number: 1,
  key: 'run-1',
  customerId: 'ALFKI',
  country: 'Peru',
  lines: [{ productId: 1, quantity: 2 }],
  isShipped: true,
}
const found = {
  id: 'id-1',
  customerId: 'ALFKI',
  status: 'placed',
  lines: [],
  totalCents: 0,
  shippingCents: 1500,
  version: 1,
}
const totals = {
  placed: 0,
  confirmed: 0,
  rejected: 0,
  cancelled: 0,
  units: 0,
  goodsCents: 0,
  shippingCents: 0,
  capturedCents: 0,
  refundedCents: 0,
  parked: 0,
}

const { serve, stop } = createServe()
afterEach(stop)

const clientOf = (origin: string) => createShopClient(createHttp(origin, { retries: 1, minTimeout: 1 }))

test('an order is sent again with the same key and body', async () => {
  const { origin, seen } = serve({ status: 503 }, { status: 200, body: found })
  const { answer, retries } = await clientOf(origin).placeOrder(order)
  expect(answer).toMatchObject({ kind: 'accepted', order: { id: 'id-1' } })
  expect(retries).toBe(1)
  expect(seen[0]).toEqual({
    method: 'POST',
    path: '/orders',
    key: 'run-1',
    body: JSON.stringify({ customerId: 'ALFKI', country: 'Peru', lines: [{ productId: 1, quantity: 2 }] }),
  })
  expect(seen[1]).toEqual(seen[0])
})

test('a refusal keeps its status and code', async () => {
  const { origin } = serve({ status: 422, body: { code: 'product-discontinued' } })
  const { answer } = await clientOf(origin).placeOrder(order)
  expect(answer).toEqual({ kind: 'refused', status: 422, code: 'product-discontinued' })
})

test('an accepted order of another shape is not taken for one', async () => {
  const { origin } = serve({ status: 202, body: { id: 'id-1' } })
  const { answer } = await clientOf(origin).placeOrder(order)
  expect(answer).toMatchObject({ kind: 'unclear', problem: expect.stringContaining('another shape') })
})

test('an answer of 500 leaves the order unclear', async () => {
  const { origin } = serve({ status: 500, body: { code: 'internal' } })
  const { answer } = await clientOf(origin).placeOrder(order)
  expect(answer).toEqual({ kind: 'unclear', problem: 'answered 500 internal' })
})

test('what cannot be read says why', async () => {
  const { origin } = serve({ status: 404, body: { code: 'order-unknown' } })
  const read = await clientOf(origin).order('a b')
  expect(read).toEqual({ problem: 'GET /orders/a%20b answered 404 order-unknown', isUnknown: true })
})

test('a path that the shop does not have is not a document that is unknown', async () => {
  const { origin } = serve({ status: 404, body: { code: 'not-found' } })
  expect(await clientOf(origin).payment('1')).toEqual({ problem: 'GET /payments/1 answered 404 not-found' })
})

test('a cancellation says why', async () => {
  const cancelled = { ...found, status: 'cancelled', reason: 'never shipped' }
  const { origin, seen } = serve({ body: cancelled })
  expect(await clientOf(origin).cancelOrder('id-1')).toMatchObject({ kind: 'accepted', order: cancelled })
  expect(seen[0]).toMatchObject({
    method: 'POST',
    path: '/orders/id-1/cancellation',
    body: '{"reason":"never shipped"}',
  })
})

test('services are there that answer, even if they know nothing of what is asked', async () => {
  const { origin, seen } = serve({ status: 404, body: { code: 'shipment-unknown' } }, { body: totals })
  expect(await clientOf(origin).parts()).toEqual({ shipping: true, insights: true })
  expect(seen.map(({ path }) => path)).toEqual([
    expect.stringMatching(/^\/shipments\/[0-9a-f-]{36}$/),
    '/totals',
  ])
})

test('services that stay unavailable are not there', async () => {
  const { origin } = serve({ status: 503, body: { code: 'unavailable' } })
  expect(await clientOf(origin).parts()).toEqual({ shipping: false, insights: false })
})

test('one that fails otherwise is neither', async () => {
  const { origin } = serve({ status: 500, body: { code: 'internal' } })
  await expect(clientOf(origin).parts()).rejects.toThrow('answered 500 internal')
})
