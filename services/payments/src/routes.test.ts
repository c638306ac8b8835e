import { expect, test } from 'bun:test'
import { createBase } from '@shop/chassis/base'
import { createLogger } from '@shop/chassis/logger'
import { fakeProvider, memoryStore, orderIdOf, vault } from '../test/doubles.ts'
import { createPayments } from './payments.ts'
import { routes } from './routes.ts'

const request = { orderId: orderIdOf(1), customerId: 'ALFKI', amountCents: 500 }

function setUp() {
  const { store, cards } = memoryStore()
  const bank = fakeProvider()
  const payments = createPayments({ store, provider: bank.provider, vault })
  const app = createBase({ log: createLogger('payments', 'silent') }).use(routes(payments))

  async function call(method: string, path: string, body?: unknown) {
    const answer = await app.handle(
      new Request(`http://localhost${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  return { ...bank, store, cards, call }
}

test('a card is kept, an amount held, read and let go', async () => {
  const { call, cards } = setUp()
  expect(await call('PUT', '/cards/ALFKI', { token: 'tok_ALFKI' })).toEqual({ status: 204, body: undefined })
  expect(cards.size).toBe(1)
  const held = { ...request, status: 'authorised', capturedCents: 0, refundedCents: 0, version: 1 }
  expect(await call('POST', '/payments', request)).toEqual({ status: 200, body: held })
  expect(await call('POST', '/payments', request)).toEqual({ status: 200, body: held })
  expect(await call('GET', `/payments/${request.orderId}`)).toEqual({ status: 200, body: held })
  expect(await call('DELETE', `/payments/${request.orderId}`)).toEqual({
    status: 200,
    body: { ...held, status: 'voided', version: 2 },
  })
})

test('without a card it is declined', async () => {
  expect(await setUp().call('POST', '/payments', request)).toMatchObject({
    status: 200,
    body: { status: 'declined', reason: 'card-missing' },
  })
})

test('one that was never asked for is called off', async () => {
  const { call } = setUp()
  const voided = { status: 200, body: { status: 'voided', amountCents: 0, version: 1 } }
  expect(await call('DELETE', `/payments/${request.orderId}`)).toMatchObject(voided)
  expect(await call('POST', '/payments', request)).toMatchObject(voided)
})

test('what is refused says so', async () => {
  const { call, store } = setUp()
  expect(await call('GET', `/payments/${request.orderId}`)).toMatchObject({
    status: 404,
    body: { code: 'payment-unknown' },
  })
  await call('PUT', '/cards/ALFKI', { token: 'tok_ALFKI' })
  await call('POST', '/payments', request)
  expect(await call('POST', '/payments', { ...request, amountCents: 1 })).toMatchObject({
    status: 422,
    body: { code: 'payment-differs' },
  })
  await store.change(request.orderId, { type: 'capture' })
  expect(await call('DELETE', `/payments/${request.orderId}`)).toMatchObject({
    status: 409,
    body: { code: 'payment-captured' },
  })
  expect(await call('PUT', '/cards/ALFKI', { token: '4242424242424242' })).toMatchObject({
    status: 422,
    body: { code: 'invalid-body' },
  })
})

test('while the provider is away the answer is 503, and the payment pending', async () => {
  const { call, fail } = setUp()
  await call('PUT', '/cards/ALFKI', { token: 'tok_ALFKI' })
  fail('before')
  expect(await call('POST', '/payments', request)).toMatchObject({
    status: 503,
    body: { code: 'unavailable' },
  })
  expect(await call('GET', `/payments/${request.orderId}`)).toMatchObject({
    status: 200,
    body: { status: 'pending', version: 0 },
  })
  expect(await call('POST', '/payments', request)).toMatchObject({
    status: 200,
    body: { status: 'authorised' },
  })
})
