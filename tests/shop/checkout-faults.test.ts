import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  ask,
  type Books,
  kill,
  place,
  provider,
  send,
  signal,
  untilBooks,
  untilSettled,
  untilStep,
} from './checkouts.ts'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(150_000)

const confirmedEvents = [
  'order-placed',
  'stock-reserved',
  'payment-authorised',
  'shipping-arranged',
  'order-confirmed',
]

/** One of each, whatever was done twice on the way. */
async function expectConfirmed(shop: Shop, id: string): Promise<void> {
  const { status, totalCents, shippingCents } = await untilSettled(shop, id)
  expect(status).toBe('confirmed')
  const isDone = ({ payment, reservation }: Books) => payment === 'captured' && reservation === 'fulfilled'
  const amount = totalCents + shippingCents
  expect(await untilBooks(shop, id, isDone)).toMatchObject({
    shipment: 'arranged',
    events: confirmedEvents,
    charges: [{ status: 'authorised', amountCents: amount, capturedCents: amount, refundedCents: 0 }],
  })
}

/** Nothing is held, by anybody. */
async function expectRejected(shop: Shop, id: string, reason: string): Promise<Books> {
  expect(await untilSettled(shop, id)).toMatchObject({ status: 'rejected', reason })
  const found = await untilBooks(shop, id, ({ reservation }) => reservation === 'released')
  expect(found.events.slice(-2)).toEqual(['checkout-failed', 'order-rejected'])
  expect(new Set(found.events).size).toBe(found.events.length)
  expect(found.charges.every(({ capturedCents }) => capturedCents === 0)).toBe(true)
  return found
}

/** All units that are reserved are those of orders under way. */
async function expectNothingReserved(shop: Shop): Promise<void> {
  const nothing = async () => {
    const { body } = await ask(shop, '/stock')
    return (body as { reserved: number }[]).every(({ reserved }) => reserved === 0)
  }
  await until('nothing is reserved', nothing)
}

describe.each(['orders', 'orders.sidecar'])('kill -9 of %s', part => {
  test('in any step of a checkout: each order ends, and its books are right', async () => {
    await using shop = await startShop()
    const money = provider(shop)

    // each is held in another step, the furthest first
    signal(shop, 'shipping', 'SIGSTOP')
    const shipping = await place(shop)
    await untilStep(shop, shipping, 'arrange-shipping')
    await money.stall()
    const paying = await place(shop)
    await untilStep(shop, paying, 'authorise-payment')
    signal(shop, 'inventory', 'SIGSTOP')
    const reserving = await place(shop)
    await untilStep(shop, reserving, 'reserve-stock')

    await kill(shop, part)
    signal(shop, 'inventory', 'SIGCONT')
    await money.goOn()
    signal(shop, 'shipping', 'SIGCONT')
    for (const id of [reserving, paying, shipping]) await expectConfirmed(shop, id)

    // the moment between what shipping has done and what the order knows of it
    signal(shop, 'shipping', 'SIGSTOP')
    const confirming = await place(shop)
    await untilStep(shop, confirming, 'arrange-shipping')
    signal(shop, 'shipping', 'SIGCONT')
    await until('it is arranged', async () => (await ask(shop, `/shipments/${confirming}`)).status === 200)
    await kill(shop, part)
    await expectConfirmed(shop, confirming)
    await expectNothingReserved(shop)
  })

  test('while a checkout is undone: each order ends, and nothing is held', async () => {
    await using shop = await startShop()
    const money = provider(shop)
    const refusedByShipping = 'A'.repeat(41)
    await send(shop, 'PUT', `/cards/${refusedByShipping}`, { token: 'tok_1' })
    await send(shop, 'PUT', '/cards/ANATR', { token: 'tok_declined_1' })

    signal(shop, 'shipping', 'SIGSTOP')
    const shipping = await place(shop, { customerId: refusedByShipping })
    await untilStep(shop, shipping, 'arrange-shipping')
    await money.stall()
    const declined = await place(shop, { customerId: 'ANATR' })
    await untilStep(shop, declined, 'authorise-payment')

    signal(shop, 'inventory', 'SIGSTOP')
    await money.goOn()
    await untilStep(shop, declined, 'undo reserve-stock')
    await money.stall()
    signal(shop, 'shipping', 'SIGCONT')
    await untilStep(shop, shipping, 'undo authorise-payment')

    await kill(shop, part)
    signal(shop, 'inventory', 'SIGCONT')
    await money.goOn()
    const { payment, shipment } = await expectRejected(shop, shipping, 'shipping-refused')
    expect([payment, shipment]).toEqual(['voided', undefined])
    expect((await expectRejected(shop, declined, 'card-declined')).payment).toBe('declined')
    await expectNothingReserved(shop)
  })
})
