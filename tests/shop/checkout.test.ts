import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import {
  ask,
  books,
  place,
  plentiful,
  provider,
  send,
  untilBooks,
  untilSettled,
  untilStep,
} from './checkouts.ts'
import { type Shop, startShop } from './shop.ts'

setDefaultTimeout(60_000)

let shop: Shop

beforeAll(async () => {
  shop = await startShop()
}, 180_000)

afterAll(async () => await shop?.[Symbol.asyncDispose]())

const stockOf = async (productId: number) => (await ask(shop, `/stock/${productId}`)).body

test('an order is confirmed: units have left, the money is taken once, a shipment is arranged, all in its history', async () => {
  const before = await stockOf(plentiful)
  const id = await place(shop, { quantity: 2 })
  const order = await untilSettled(shop, id)
  expect(order).toMatchObject({
    id,
    customerId: 'ALFKI',
    country: 'Germany',
    status: 'confirmed',
    version: 5,
  })

  const found = await untilBooks(
    shop,
    id,
    ({ payment, reservation }) => payment === 'captured' && reservation === 'fulfilled',
  )
  const amount = order.totalCents + order.shippingCents
  expect(found).toMatchObject({
    shipment: 'arranged',
    events: ['order-placed', 'stock-reserved', 'payment-authorised', 'shipping-arranged', 'order-confirmed'],
    charges: [{ status: 'authorised', amountCents: amount, capturedCents: amount, refundedCents: 0 }],
  })
  expect(await stockOf(plentiful)).toMatchObject({
    onHand: before.onHand - 2,
    available: before.available - 2,
  })
  expect((await ask(shop, `/orders/${id}/checkout`)).body).toMatchObject({
    workflow: 'checkout-v1',
    status: 'COMPLETED',
    step: 'confirm',
  })
})

test('without enough units it is rejected, and nobody is asked for money', async () => {
  const before = await stockOf(plentiful)
  const id = await place(shop, { quantity: 9_999 })
  expect(await untilSettled(shop, id)).toMatchObject({ status: 'rejected', reason: 'insufficient-stock' })
  expect(await books(shop, id)).toMatchObject({ reservation: 'rejected', charges: [] })
  expect(await stockOf(plentiful)).toEqual(before)
})

test('with a card that is declined it is rejected, and nothing is held any more', async () => {
  await send(shop, 'PUT', '/cards/ANATR', { token: 'tok_declined_1' })
  const before = await stockOf(plentiful)
  const id = await place(shop, { customerId: 'ANATR' })
  expect(await untilSettled(shop, id)).toMatchObject({ status: 'rejected', reason: 'card-declined' })
  expect(await books(shop, id)).toMatchObject({
    reservation: 'released',
    payment: 'declined',
    shipment: undefined,
    events: ['order-placed', 'stock-reserved', 'checkout-failed', 'order-rejected'],
    money: [{ status: 'declined', capturedCents: 0 }],
  })
  expect(await stockOf(plentiful)).toEqual(before)
})

test('what shipping refuses is undone to the first step', async () => {
  // longer than shipping takes a name
  const customerId = 'A'.repeat(41)
  await send(shop, 'PUT', `/cards/${customerId}`, { token: 'tok_1' })
  const before = await stockOf(plentiful)
  const id = await place(shop, { customerId })
  expect(await untilSettled(shop, id)).toMatchObject({ status: 'rejected', reason: 'shipping-refused' })
  expect(await books(shop, id)).toMatchObject({
    reservation: 'released',
    payment: 'voided',
    shipment: undefined,
    money: [{ status: 'voided', capturedCents: 0 }],
  })
  expect(await stockOf(plentiful)).toEqual(before)
})

test('while it waits for the provider its checkout says so, and it cannot be cancelled', async () => {
  await provider(shop).stall()
  const id = await place(shop)
  try {
    await untilStep(shop, id, 'authorise-payment')
    expect((await ask(shop, `/orders/${id}/checkout`)).body).toMatchObject({
      workflow: 'checkout-v1',
      status: 'RUNNING',
      startedAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect((await ask(shop, `/orders/${id}`)).body).toMatchObject({ status: 'placed' })
    expect(await send(shop, 'POST', `/orders/${id}/cancellation`, {})).toMatchObject({
      status: 409,
      body: { code: 'order-not-confirmed' },
    })
  } finally {
    await provider(shop).goOn()
  }
  expect(await untilSettled(shop, id)).toMatchObject({ status: 'confirmed' })
})

test('cancelled, it gets its money, its units and its shipment back, once', async () => {
  const before = await stockOf(plentiful)
  const id = await place(shop, { quantity: 3 })
  const { totalCents, shippingCents } = await untilSettled(shop, id)
  const amount = totalCents + shippingCents
  const cancel = () => send(shop, 'POST', `/orders/${id}/cancellation`, { reason: 'changed my mind' })
  const cancelled = { status: 200, body: { status: 'cancelled', reason: 'changed my mind', version: 6 } }
  for (const answer of await Promise.all([cancel(), cancel()])) expect(answer).toMatchObject(cancelled)
  expect(await cancel()).toMatchObject(cancelled)

  const found = await untilBooks(
    shop,
    id,
    ({ payment, reservation, shipment }) =>
      payment === 'refunded' && reservation === 'restocked' && shipment === 'cancelled',
  )
  expect(found.charges).toMatchObject([{ amountCents: amount, capturedCents: amount, refundedCents: amount }])
  expect(await stockOf(plentiful)).toEqual(before)
})
