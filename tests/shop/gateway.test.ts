import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

let shop: Shop

beforeAll(async () => {
  shop = await startShop()
})

afterAll(async () => {
  await shop[Symbol.asyncDispose]()
})

interface Sent {
  method?: string
  body?: unknown
  headers?: Record<string, string>
}

async function send(path: string, { method = 'GET', body, headers = {} }: Sent = {}) {
  const response = await fetch(`${shop.gateway}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined }
}

function placeOrder(key: string, lines: { productId: number; quantity: number }[], customerId = 'ALFKI') {
  return send('/orders', {
    method: 'POST',
    headers: { 'idempotency-key': key },
    body: { customerId, lines },
  })
}

async function settled(id: string) {
  let order: { status: string; reason?: string } | undefined
  await until(`order ${id} is settled`, async () => {
    order = (await send(`/orders/${id}`)).json
    return order?.status !== 'placed'
  })
  return order
}

/** Waits until a path answers what is expected; what comes by events comes a moment later. */
async function becomes(path: string, expected: Record<string, unknown>): Promise<void> {
  let answer: Record<string, unknown> = {}
  const fits = () => Object.entries(expected).every(([name, value]) => Bun.deepEquals(answer[name], value))
  await until(`${path} answers ${JSON.stringify(expected)}`, async () => {
    answer = (await send(path)).json
    return fits()
  }).catch(error => {
    throw new Error(`${error.message}; it answers ${JSON.stringify(answer)}`)
  })
}

describe('an order', () => {
  test('is priced by the catalogue, and confirmed once its stock is reserved', async () => {
    const placed = await placeOrder('whole-life', [
      { productId: 11, quantity: 3 },
      { productId: 14, quantity: 2 },
    ])
    expect(placed.status).toBe(202)
    expect(placed.json).toMatchObject({ status: 'placed', totalCents: 3 * 2100 + 2 * 2325 })
    const { id, totalCents, shippingCents } = placed.json
    expect(placed.headers.get('location')).toBe(`/orders/${id}`)
    expect(await settled(id)).toMatchObject({ status: 'confirmed' })
    await becomes(`/reservations/${id}`, {
      status: 'fulfilled',
      lines: [
        { productId: 11, quantity: 3 },
        { productId: 14, quantity: 2 },
      ],
    })
    const amountCents = totalCents + shippingCents
    await becomes(`/payments/${id}`, { status: 'captured', amountCents, capturedCents: amountCents })
    await becomes(`/shipments/${id}`, { status: 'arranged', units: 5, priceCents: shippingCents })
    await becomes(`/orders/${id}/checkout`, { workflow: 'checkout-v1', status: 'COMPLETED', step: 'confirm' })
    const history = (await send(`/orders/${id}/history`)).json.map(({ type }: { type: string }) => type)
    expect(history).toEqual([
      'order-placed',
      'stock-reserved',
      'payment-authorised',
      'shipping-arranged',
      'order-confirmed',
    ])
    expect((await send('/orders?customerId=ALFKI&limit=1')).json).toMatchObject([{ id }])
  })

  test('gives back units and money when it is cancelled, and is sold no more', async () => {
    const sold = async () => (await send('/totals')).json.units
    const { json } = await placeOrder('regretted', [{ productId: 11, quantity: 4 }])
    expect(await settled(json.id)).toMatchObject({ status: 'confirmed' })
    await becomes(`/payments/${json.id}`, { status: 'captured' })
    await until('it is sold', async () => (await send('/totals')).json.confirmed >= 1 && (await sold()) >= 4)

    const cancel = () =>
      send(`/orders/${json.id}/cancellation`, { method: 'POST', body: { reason: 'too late' } })
    const cancelled = await cancel()
    expect(cancelled).toMatchObject({ status: 200, json: { status: 'cancelled', reason: 'too late' } })
    expect((await cancel()).json).toEqual(cancelled.json)
    const amountCents = json.totalCents + json.shippingCents
    await becomes(`/payments/${json.id}`, { status: 'refunded', refundedCents: amountCents })
    await becomes(`/reservations/${json.id}`, { status: 'restocked' })
    await becomes(`/shipments/${json.id}`, { status: 'cancelled' })
    await becomes('/totals', { cancelled: 1, refundedCents: amountCents })
  })

  test('is rejected when its card is declined, and its units are free again', async () => {
    const before = (await send('/stock/11')).json
    await send('/cards/BOLID', { method: 'PUT', body: { token: 'tok_declined_for_ever' } })
    const { json } = await placeOrder('declined', [{ productId: 11, quantity: 5 }], 'BOLID')
    expect(await settled(json.id)).toMatchObject({ status: 'rejected' })
    expect((await send(`/payments/${json.id}`)).json).toMatchObject({ status: 'declined', capturedCents: 0 })
    expect((await send(`/reservations/${json.id}`)).json).toMatchObject({ status: 'released' })
    expect((await send('/stock/11')).json).toEqual(before)
    const refused = await send(`/orders/${json.id}/cancellation`, { method: 'POST', body: {} })
    expect(refused).toMatchObject({ status: 409, json: { code: 'order-not-confirmed' } })
  })

  test('is rejected whole when one product is short, and nothing is kept for it', async () => {
    const before = (await send('/stock/11')).json
    const { json } = await placeOrder('too-much', [
      { productId: 11, quantity: 1 },
      { productId: 14, quantity: 10_000 },
    ])
    expect(await settled(json.id)).toMatchObject({ status: 'rejected', reason: 'insufficient-stock' })
    expect((await send('/stock/11')).json).toEqual(before)
  })

  test('is placed once for an idempotency key, at the same time too', async () => {
    const lines = [{ productId: 11, quantity: 1 }]
    const answers = await Promise.all(Array.from({ length: 8 }, () => placeOrder('same-key', lines)))
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 202])
    const other = await placeOrder('same-key', [{ productId: 11, quantity: 2 }])
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency-key-reused' } })
  })
})

describe('a cart', () => {
  test('edited twice at once: one edit is refused with a problem, none is lost', async () => {
    const path = '/carts/two-edits'
    const put = (productId: number, headers: Record<string, string>) =>
      send(path, { method: 'PUT', headers, body: { items: [{ productId, quantity: 1 }] } })

    const created = await put(1, { 'if-none-match': '*' })
    expect(created.status).toBe(200)
    const etag = created.headers.get('etag') ?? ''
    const edits = await Promise.all([put(2, { 'if-match': etag }), put(3, { 'if-match': etag })])
    expect(edits.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = edits.find(({ status }) => status === 409)
    expect(refused?.headers.get('content-type')).toBe('application/problem+json')
    expect(refused?.json.code).toBe('cart-changed')

    const stored = await send(path)
    expect(stored.json.items).toEqual(edits.find(({ status }) => status === 200)?.json.items)
    const again = await put(3, { 'if-match': stored.headers.get('etag') ?? '' })
    expect(again.status).toBe(200)
  })

  test('is deleted in the version that was read, and in no other', async () => {
    const path = '/carts/stale-delete'
    const body = { items: [{ productId: 1, quantity: 1 }] }
    const created = await send(path, { method: 'PUT', headers: { 'if-none-match': '*' }, body })
    const etag = created.headers.get('etag') ?? ''
    await send(path, { method: 'PUT', headers: { 'if-match': etag }, body })
    const stale = await send(path, { method: 'DELETE', headers: { 'if-match': etag } })
    expect(stale).toMatchObject({ status: 409, json: { code: 'cart-changed' } })
    expect((await send(path)).status).toBe(200)
  })

  test('is gone once deleted', async () => {
    const body = { items: [{ productId: 1, quantity: 1 }] }
    await send('/carts/short-lived', { method: 'PUT', headers: { 'if-none-match': '*' }, body })
    expect((await send('/carts/short-lived', { method: 'DELETE' })).status).toBe(204)
    expect((await send('/carts/short-lived')).json.code).toBe('cart-unknown')
  })
})

describe('a bad request gets a problem document with a stable code', () => {
  const order = { customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }
  const post = (body: unknown) => ({ method: 'POST', headers: { 'idempotency-key': 'bad' }, body })
  const unknown = '01a206c8-f303-77e6-8a09-162154ddda91'

  test.each<[string, string, Sent, number, string]>([
    ['malformed body', '/orders', post('{"customerId":'), 400, 'malformed-body'],
    ['wrong type', '/orders', post({ ...order, customerId: 5 }), 422, 'invalid-body'],
    ['missing part', '/orders', post({ customerId: 'ALFKI' }), 422, 'invalid-body'],
    ['no body', '/orders', { method: 'POST', headers: { 'idempotency-key': 'bad' } }, 422, 'invalid-body'],
    ['no idempotency key', '/orders', { method: 'POST', body: order }, 422, 'invalid-request'],
    [
      'unknown product',
      '/orders',
      post({ ...order, lines: [{ productId: 999, quantity: 1 }] }),
      422,
      'product-unknown',
    ],
    [
      'discontinued product',
      '/orders',
      post({ ...order, lines: [{ productId: 1, quantity: 1 }] }),
      422,
      'product-discontinued',
    ],
    ['body too large', '/orders', post('x'.repeat(1024 * 1024 + 1)), 413, 'body-too-large'],
    ['wrong type in the path', '/products/abc', {}, 422, 'invalid-request'],
    ['unknown id', '/products/999', {}, 404, 'product-unknown'],
    ['unknown order', `/orders/${unknown}`, {}, 404, 'order-unknown'],
    ['unknown history', `/orders/${unknown}/history`, {}, 404, 'order-unknown'],
    ['unknown checkout', `/orders/${unknown}/checkout`, {}, 404, 'checkout-unknown'],
    [
      'cancellation of an unknown order',
      `/orders/${unknown}/cancellation`,
      { method: 'POST', body: {} },
      404,
      'order-unknown',
    ],
    ['unknown payment', `/payments/${unknown}`, {}, 404, 'payment-unknown'],
    ['unknown shipment', `/shipments/${unknown}`, {}, 404, 'shipment-unknown'],
    ['a card that is none', '/cards/ALFKI', { method: 'PUT', body: { token: '4111' } }, 422, 'invalid-body'],
    ['sales by nothing', '/sales/by-nothing', {}, 422, 'invalid-request'],
    ["a service's operations", '/operations/dead-letters', {}, 404, 'not-found'],
    ['unknown reservation', `/reservations/${unknown}`, {}, 404, 'reservation-unknown'],
    ['unknown cart', '/carts/nobody', {}, 404, 'cart-unknown'],
    ['no precondition', '/carts/ALFKI', { method: 'PUT', body: { items: [] } }, 428, 'precondition-required'],
    ['weak tag', '/carts/A', { method: 'DELETE', headers: { 'if-match': 'W/"1"' } }, 422, 'invalid-request'],
    ['wrong method', '/orders', { method: 'PATCH', body: order }, 405, 'method-not-allowed'],
    ['wrong method, dynamic path', '/products/11', { method: 'DELETE' }, 405, 'method-not-allowed'],
    ['unknown path', '/nothing', {}, 404, 'not-found'],
    ["the sidecar's own route", '/dapr/subscribe', {}, 401, 'unauthorized'],
    ['a path that climbs', '/products/..%2f..%2fdapr%2fsubscribe', {}, 422, 'invalid-request'],
  ])('%s', async (_, path, sent, status, code) => {
    const answer = await send(path, sent)
    expect(answer).toMatchObject({ status, json: { status, code } })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.stringify(answer.json)).not.toMatch(/\\n|\.ts\b|node_modules|stack|Error:/i)
  })
})
