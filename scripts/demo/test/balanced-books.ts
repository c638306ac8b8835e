import { type Books, checkBooks } from '../books.ts'
import { type Entry, foundIn, type Read } from '../ledger.ts'
import type { Order, Payment, Reservation, Shipment } from '../shapes.ts'
import { earlier, later } from './balanced-insights.ts'

export const dear = { id: 1, name: 'Tea', unitPriceCents: 1050, discontinued: false }
export const cheap = { id: 2, name: 'Salt', unitPriceCents: 99, discontinued: false }
export const stopped = { id: 3, name: 'Ham', unitPriceCents: 500, discontinued: true }

/** Where the orders are in the books, by what became of them. */
export const places = {
  confirmed: 0,
  /** For want of stock. */
  rejected: 1,
  /** For a product that is discontinued. */
  refused: 2,
  /** Confirmed, and sent again. */
  repeated: 3,
  cancelled: 4,
  /** Rejected by the card, after the stock had been reserved. */
  declined: 5,
}

/** Orders 10 to 15, one for each of `places`. */
export function balancedBooks(): Books {
  const products = [dear, cheap, stopped]
  const big: Pairs = [
    [1, 4],
    [2, 3],
  ]
  return {
    products: structuredClone(products),
    catalogue: structuredClone(products),
    parts: { shipping: true, insights: true },
    entries: [
      settled(10, big, 'confirmed'),
      settled(11, [[2, 50]], 'rejected'),
      refused(12, [
        [3, 1],
        [1, 2],
      ]),
      {
        ...settled(13, [[1, 1]], 'confirmed', 'Germany'),
        again: { kind: 'accepted', order: order(13, [[1, 1]], 'confirmed', 'Germany') },
      },
      {
        ...settled(14, [[1, 2]], 'cancelled'),
        cancellation: { kind: 'accepted', order: order(14, [[1, 2]], 'cancelled') },
      },
      declined(15, [[2, 1]]),
    ],
    stockBefore: [level(1, 20, 5), level(2, 40, 0), level(3, 9, 0)],
    stockAfter: [level(1, 15, 5), level(2, 37, 0), level(3, 9, 0)],
    insights: { before: earlier(), after: later() },
  }
}

export type Pairs = [productId: number, quantity: number][]

export function sent(number: number, pairs: Pairs, country = 'France', isShipped = true) {
  const lines = pairs.map(([productId, quantity]) => ({ productId, quantity }))
  return { number, key: `run-${number}`, customerId: 'ALFKI', country, lines, isShipped }
}

export function order(number: number, pairs: Pairs, status: Order['status'], country = 'France'): Order {
  const prices = new Map([dear, cheap, stopped].map(product => [product.id, product.unitPriceCents]))
  const lines = pairs.map(([productId, quantity]) => ({
    productId,
    quantity,
    unitPriceCents: prices.get(productId) ?? 0,
  }))
  return {
    id: `id-${number}`,
    customerId: 'ALFKI',
    status,
    lines,
    totalCents: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0),
    shippingCents: number * 10,
    country,
    version: 1,
    ...(status === 'rejected' ? { reason: 'insufficient-stock' } : {}),
    ...(status === 'cancelled' ? { reason: 'never shipped' } : {}),
  }
}

type Settled = 'confirmed' | 'rejected' | 'cancelled'

/** An order that was confirmed, cancelled, or rejected for want of stock, with all that follows from it. */
export function settled(number: number, pairs: Pairs, status: Settled, country?: string): Entry {
  const found = order(number, pairs, status, country)
  const request = sent(number, pairs, country, status !== 'cancelled')
  return {
    sent: request,
    answer: { kind: 'accepted', order: order(number, pairs, 'placed', country) },
    order: { found },
    reservation: { found: reservationOf(found, request.lines) },
    payment: paymentOf(found),
    shipment: shipmentOf(found, request.lines),
    sentAt: 0,
    answeredAt: 1,
    settledAt: 2,
    retries: 0,
  }
}

function reservationOf({ id, status }: Order, lines: Reservation['lines']): Reservation {
  const reservation = { orderId: id, lines: structuredClone(lines), version: 2 }
  if (status === 'confirmed') return { ...reservation, status: 'fulfilled' }
  if (status === 'cancelled') return { ...reservation, status: 'restocked' }
  return { ...reservation, status: 'rejected', reason: 'insufficient-stock', lines: [] }
}

function paymentOf({ id, customerId, status, totalCents, shippingCents }: Order): Read<Payment> {
  if (status === 'rejected') return { problem: 'answered 404 payment-unknown', isUnknown: true }
  const amountCents = totalCents + shippingCents
  const payment = { orderId: id, customerId, amountCents, capturedCents: amountCents, version: 2 }
  if (status === 'confirmed') return { found: { ...payment, status: 'captured', refundedCents: 0 } }
  return { found: { ...payment, status: 'refunded', refundedCents: amountCents } }
}

function shipmentOf(
  { id, status, shippingCents, country = '' }: Order,
  lines: Reservation['lines'],
): Read<Shipment> {
  if (status === 'rejected') return { problem: 'answered 404 shipment-unknown', isUnknown: true }
  const units = lines.reduce((sum, line) => sum + line.quantity, 0)
  const shipment = { orderId: id, trackingNumber: `T-${id}`, country, units, priceCents: shippingCents }
  return { found: { ...shipment, status: status === 'confirmed' ? 'arranged' : 'cancelled' } }
}

function declined(number: number, pairs: Pairs): Entry {
  const entry = settled(number, pairs, 'rejected')
  const { lines } = entry.sent
  const { id, customerId, totalCents, shippingCents } = order(number, pairs, 'rejected')
  const payment = { orderId: id, customerId, amountCents: totalCents + shippingCents }
  return {
    ...entry,
    order: { found: { ...order(number, pairs, 'rejected'), reason: 'card-declined' } },
    reservation: { found: { orderId: id, status: 'released', lines: structuredClone(lines), version: 2 } },
    payment: {
      found: {
        ...payment,
        status: 'declined',
        reason: 'card-declined',
        capturedCents: 0,
        refundedCents: 0,
        version: 1,
      },
    },
  }
}

export function refused(number: number, pairs: Pairs): Entry {
  const answer = { kind: 'refused', status: 422, code: 'product-discontinued' } as const
  return { sent: sent(number, pairs), answer, sentAt: 0, answeredAt: 1, retries: 0 }
}

export function level(productId: number, onHand: number, reserved: number) {
  return { productId, onHand, reserved, available: onHand - reserved }
}

/**
 * The books with one thing changed, as `about code` of each mismatch. Without insights, which a change of an order
 * would contradict as well.
 */
export function after(change: (books: Books) => void): string[] {
  return mismatchesAfter(books => {
    delete books.insights
    books.parts.insights = false
    change(books)
  })
}

/** The same with the insights. */
export function mismatchesAfter(change: (books: Books) => void): string[] {
  const books = balancedBooks()
  change(books)
  return checkBooks(books).map(({ about, code }) => `${about} ${code}`)
}

export function at<T>(list: T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`nothing at ${index}`)
  return item
}

type Documents = { order: Order; reservation: Reservation; payment: Payment; shipment: Shipment }

/** What was read for one of `places`. */
export function kept<Kind extends keyof Documents>(
  books: Books,
  kind: Kind,
  place: keyof typeof places,
): Documents[Kind] {
  const found = foundIn<Documents[keyof Documents]>(at(books.entries, places[place])[kind])
  if (found === undefined) throw new Error(`the ${place} order has no ${kind}`)
  return found as Documents[Kind]
}
