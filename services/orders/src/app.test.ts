import { describe, expect, test } from 'bun:test'
import { InvokeError } from 'elysia-dapr'
import { openApp } from '../test/app.ts'
import { at, facts, goods, orderIdOf } from '../test/orders.ts'

const body = {
  customerId: 'ALFKI',
  country: 'Germany',
  lines: [
    { productId: 4, quantity: 2 },
    { productId: 3, quantity: 1 },
  ],
}

const placed = (number: number) => {
  return { id: orderIdOf(number), ...goods, status: 'placed', placedAt: at, version: 1 }
}

const keyed = (key: string | undefined, order: unknown = body) => ({
  body: order,
  headers: key === undefined ? {} : { 'idempotency-key': key },
})

type Opened = Awaited<ReturnType<typeof openApp>>

const place = ({ send }: Opened, key?: string, order?: unknown) => send('POST', '/orders', keyed(key, order))
const cancel = ({ send }: Opened, number: number, reason?: string) =>
  send('POST', `/orders/${orderIdOf(number)}/cancellation`, { body: reason === undefined ? {} : { reason } })

async function confirm({ store }: Opened, number: number) {
  for (const event of facts) await store.execute(orderIdOf(number), { command: 'note', event })
  await store.execute(orderIdOf(number), { command: 'confirm' })
}

describe('placing an order', () => {
  test('answers it as placed, with its place, and shows it at once', async () => {
    await using opened = await openApp()
    const answer = await place(opened, 'k1')
    expect([answer.status, answer.headers.get('location')]).toEqual([202, `/orders/${orderIdOf(1)}`])
    expect(answer.body).toEqual(placed(1))
    expect((await opened.send('GET', `/orders/${orderIdOf(1)}`)).body).toEqual(placed(1))
  })

  test('asks for the prices of the lines, and of sending all units to the country', async () => {
    const asked: unknown[] = []
    const { lines, totalCents } = goods
    await using opened = await openApp({
      quote: async wanted => {
        asked.push(wanted)
        return { lines, totalCents }
      },
      quoteShipping: async (...wanted) => {
        asked.push(wanted)
        return 0
      },
    })
    const { country: _, ...elsewhere } = body
    expect((await place(opened, 'k1')).body).toMatchObject({ shippingCents: 0 })
    expect((await place(opened, 'k2', elsewhere)).body).not.toHaveProperty('country')
    expect(asked).toEqual([body.lines, [3, 'Germany'], body.lines, [3, undefined]])
  })

  test('again under its key answers the first one as it is now', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    await confirm(opened, 1)
    const again = await place(opened, 'k1')
    expect([again.status, again.headers.get('location')]).toEqual([200, `/orders/${orderIdOf(1)}`])
    expect(again.body).toEqual({ ...placed(1), status: 'confirmed', version: 5 })
    expect((await place(opened, 'k2')).body).toMatchObject({ id: orderIdOf(2) })
  })

  test('again with its JSON written otherwise is the same request', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    const { customerId, country, lines } = body
    const turned = lines.map(({ productId, quantity }) => ({ quantity, productId }))
    expect((await place(opened, 'k1', { lines: turned, country, customerId })).status).toBe(200)
  })

  test('many times at once answers one and the same, though the read model is behind', async () => {
    const { lines, totalCents } = goods
    const quoted = Promise.withResolvers<{ lines: typeof lines; totalCents: number }>()
    await using opened = await openApp({ quote: () => quoted.promise, projected: async () => {} })
    const all = Array.from({ length: 10 }, () => place(opened, 'k1'))
    quoted.resolve({ lines, totalCents })
    const answers = await Promise.all(all)
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 202])
    expect(new Set(answers.map(each => JSON.stringify(each.body))).size).toBe(1)
  })

  test('is accepted and found while the read model stands still', async () => {
    await using opened = await openApp({ projected: async () => {} })
    await opened.projector.stop()
    expect((await place(opened, 'k1')).status).toBe(202)
    expect((await place(opened, 'k1')).status).toBe(200)
    expect((await opened.send('GET', `/orders/${orderIdOf(1)}`)).body).toEqual(placed(1))
  })

  test.each([
    ['customer', { ...body, customerId: 'ANATR' }],
    ['country', { ...body, country: 'France' }],
    ['quantity', { ...body, lines: [{ productId: 4, quantity: 1 }] }],
  ])('with another %s under a used key is refused', async (_, other) => {
    await using opened = await openApp()
    await place(opened, 'k1')
    expect(await place(opened, 'k1', other)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    })
  })

  test('that the catalogue refuses is refused with its reason, and not kept', async () => {
    const refusal = { code: 'product-discontinued', detail: 'Cannot be ordered: 5.', productIds: [5] }
    await using opened = await openApp({
      quote: async () => {
        const details = { status: 422, code: refusal.code, body: refusal, expected: true }
        throw new InvokeError('catalog', 'POST /quotes', details)
      },
    })
    expect(await place(opened, 'k1')).toMatchObject({ status: 422, body: refusal })
    expect(await opened.store.findRequest('k1')).toBeUndefined()
  })

  test('without the catalogue is unavailable', async () => {
    await using opened = await openApp({
      quote: async () => {
        throw new InvokeError('catalog', 'POST /quotes', { code: 'UNREACHABLE' })
      },
    })
    expect(await place(opened, 'k1')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  })

  test.each([
    ['no key', undefined, body, 'invalid-request'],
    ['an empty key', '', body, 'invalid-request'],
    ['a long key', 'k'.repeat(129), body, 'invalid-request'],
    ['no lines', 'k1', { ...body, lines: [] }, 'invalid-body'],
    ['no units', 'k1', { ...body, lines: [{ productId: 1, quantity: 0 }] }, 'invalid-body'],
    ['a customer that is no name', 'k1', { ...body, customerId: '../x' }, 'invalid-body'],
    ['a country without a name', 'k1', { ...body, country: '' }, 'invalid-body'],
  ])('with %s is refused', async (_, key, order, code) => {
    await using opened = await openApp()
    expect(await place(opened, key, order)).toMatchObject({ status: 422, body: { code } })
  })
})

describe('cancelling', () => {
  test('a confirmed order answers it cancelled, with the reason; again, as it is', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    await confirm(opened, 1)
    const cancelled = { status: 'cancelled', reason: 'changed my mind', version: 6 }
    expect(await cancel(opened, 1, 'changed my mind')).toMatchObject({ status: 200, body: cancelled })
    expect(await cancel(opened, 1, 'another reason')).toMatchObject({ status: 200, body: cancelled })
  })

  test('without a reason has one all the same', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    await confirm(opened, 1)
    expect(await cancel(opened, 1)).toMatchObject({ body: { reason: 'cancelled by the customer' } })
  })

  test('one that is not confirmed, or not there, is refused', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    const refusal = { status: 409, body: { code: 'order-not-confirmed' } }
    expect(await cancel(opened, 1)).toMatchObject(refusal)
    await opened.store.execute(orderIdOf(1), { command: 'reject', reason: 'x' })
    expect(await cancel(opened, 1)).toMatchObject(refusal)
    expect(await cancel(opened, 2)).toMatchObject({ status: 404, body: { code: 'order-unknown' } })
  })
})

describe('reading', () => {
  test('the history of an order, as it was', async () => {
    await using opened = await openApp()
    await place(opened, 'k1')
    await confirm(opened, 1)
    const { status, body } = await opened.send('GET', `/orders/${orderIdOf(1)}/history`)
    expect(status).toBe(200)
    expect(body).toEqual([
      { version: 1, type: 'order-placed', at: expect.any(String), data: goods },
      { version: 2, type: 'stock-reserved', at: expect.any(String), data: {} },
      { version: 3, type: 'payment-authorised', at: expect.any(String), data: {} },
      { version: 4, type: 'shipping-arranged', at: expect.any(String), data: { trackingNumber: 'SP1' } },
      { version: 5, type: 'order-confirmed', at: expect.any(String), data: {} },
    ])
  })

  test('the checkout of an order, where there is one', async () => {
    const checkout = { workflow: 'checkout-v1', status: 'RUNNING', step: 'authorise-payment' }
    await using opened = await openApp({
      findCheckout: async id => (id === orderIdOf(1) ? checkout : undefined),
    })
    expect((await opened.send('GET', `/orders/${orderIdOf(1)}/checkout`)).body).toEqual(checkout)
    expect(await opened.send('GET', `/orders/${orderIdOf(2)}/checkout`)).toMatchObject({
      status: 404,
      body: { code: 'checkout-unknown' },
    })
  })

  test('the orders of a customer, page by page', async () => {
    await using opened = await openApp()
    for (const key of ['k1', 'k2', 'k3']) await place(opened, key)
    await place(opened, 'k4', { ...body, customerId: 'ANATR' })
    const ids = async (query: string) => {
      const { body } = await opened.send('GET', `/orders?customerId=ALFKI${query}`)
      return (body as { id: string }[]).map(({ id }) => id)
    }
    expect(await ids('')).toEqual([3, 2, 1].map(orderIdOf))
    expect(await ids('&limit=2')).toEqual([3, 2].map(orderIdOf))
    expect(await ids(`&limit=2&before=${orderIdOf(2)}`)).toEqual([orderIdOf(1)])
    expect((await opened.send('GET', '/orders?customerId=NOBODY')).body).toEqual([])
    expect((await opened.send('GET', '/orders')).status).toBe(422)
    expect((await opened.send('GET', '/orders?customerId=ALFKI&limit=101')).status).toBe(422)
  })

  test('an order that is not there', async () => {
    await using opened = await openApp()
    for (const path of [`/orders/${orderIdOf(1)}`, `/orders/${orderIdOf(1)}/history`]) {
      expect(await opened.send('GET', path)).toMatchObject({ status: 404, body: { code: 'order-unknown' } })
    }
  })
})
