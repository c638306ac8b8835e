import { expect, test } from 'bun:test'
import type { Books } from './books.ts'
import { foundIn } from './ledger.ts'
import type { Shipment } from './shapes.ts'
import { after, at, kept, places } from './test/balanced-books.ts'

test.each<[string, Partial<Shipment>, string]>([
  ['was cancelled', { status: 'cancelled' }, 'shipment-differs'],
  ['has other units', { units: 8 }, 'shipped-units-differ'],
  ['costs something else', { priceCents: 1500 }, 'shipping-price-differs'],
  ['goes elsewhere', { country: 'Peru' }, 'shipped-elsewhere'],
  ['is that of another order', { orderId: 'id-13' }, 'shipment-id-differs'],
])('of a confirmed order it %s', (_, wrong, code) => {
  expect(after(books => Object.assign(kept(books, 'shipment', 'confirmed'), wrong))).toEqual([
    `order 10 ${code}`,
  ])
})

test('a cancelled order is still sent', () => {
  expect(
    after(books => {
      kept(books, 'shipment', 'cancelled').status = 'arranged'
    }),
  ).toEqual(['order 14 shipment-differs'])
})

test('a rejected order is sent', () => {
  expect(after(books => shipTheDeclined(books, 'arranged'))).toEqual(['order 15 shipment-differs'])
})

test('that of a rejected order may have been called off', () => {
  expect(after(books => shipTheDeclined(books, 'cancelled'))).toEqual([])
})

function shipTheDeclined({ entries }: Books, status: Shipment['status']): void {
  const found = { orderId: 'id-15', status, units: 0, priceCents: 0 }
  at(entries, places.declined).shipment = { found }
}

test('a confirmed order has none', () => {
  expect(
    after(books => {
      const shipment = { problem: 'answered 404 shipment-unknown', isUnknown: true } as const
      at(books.entries, places.confirmed).shipment = shipment
    }),
  ).toEqual(['order 10 shipment-lost'])
})

test('that of a rejected order cannot be read', () => {
  expect(
    after(books => {
      at(books.entries, places.rejected).shipment = { problem: 'answered 500 internal' }
    }),
  ).toEqual(['order 11 shipment-lost'])
})

test('one was never read', () => {
  expect(after(books => delete at(books.entries, places.cancelled).shipment)).toEqual([
    'order 14 shipment-lost',
  ])
})

/** The books of a shop without shipping: each order is charged 1,500 cents, and none is sent. */
function withoutShipping({ parts, entries }: Books): void {
  parts.shipping = false
  for (const { answer, order: read, payment, shipment, ...entry } of entries) {
    const order = foundIn(read)
    const paid = foundIn(payment)
    if (answer.kind !== 'accepted' || order === undefined) continue
    answer.order.shippingCents = order.shippingCents = 1500
    const price = order.totalCents + 1500
    if (paid !== undefined) {
      paid.amountCents = price
      if (paid.capturedCents > 0) paid.capturedCents = price
      if (paid.refundedCents > 0) paid.refundedCents = price
    }
    delete at(entries, entry.sent.number - 10).shipment
  }
}

test('without shipping the price is flat, and nothing is sent', () => {
  expect(after(withoutShipping)).toEqual([])
})

test('without shipping an order was charged another price', () => {
  expect(
    after(books => {
      withoutShipping(books)
      const { answer } = at(books.entries, places.rejected)
      if (answer.kind === 'accepted') answer.order.shippingCents = 1400
      kept(books, 'order', 'rejected').shippingCents = 1400
    }),
  ).toEqual(['order 11 shipping-not-flat'])
})
