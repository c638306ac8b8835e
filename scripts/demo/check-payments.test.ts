import { expect, test } from 'bun:test'
import type { Payment } from './shapes.ts'
import { after, at, kept, places } from './test/balanced-books.ts'

test.each([
  ['confirmed', 'authorised', 'order 10'],
  ['confirmed', 'voided', 'order 10'],
  ['cancelled', 'captured', 'order 14'],
  ['cancelled', 'voided', 'order 14'],
  ['declined', 'authorised', 'order 15'],
  ['declined', 'pending', 'order 15'],
] as const)('of the %s order it is %s', (place, status, about) => {
  expect(
    after(books => {
      kept(books, 'payment', place).status = status
    }),
  ).toEqual([`${about} payment-differs`])
})

test.each<[string, Partial<Payment>, string[]]>([
  ['nothing was taken', { capturedCents: 0 }, ['order 10 captured-differs']],
  ['it was taken twice', { capturedCents: 2 * 4597 }, ['order 10 captured-differs']],
  [
    'shipping was left out',
    { amountCents: 4497, capturedCents: 4497 },
    ['order 10 amount-differs', 'order 10 captured-differs'],
  ],
  ['some was given back', { refundedCents: 1 }, ['order 10 refunded-differs']],
  ['it is that of another order', { orderId: 'id-11' }, ['order 10 payment-id-differs']],
  ['another customer paid', { customerId: 'ANATR' }, ['order 10 payment-customer-differs']],
])('of a confirmed order %s', (_, wrong, codes) => {
  expect(after(books => Object.assign(kept(books, 'payment', 'confirmed'), wrong))).toEqual(codes)
})

test.each<[string, Partial<Payment>]>([
  ['nothing was given back', { refundedCents: 0 }],
  ['not all was given back', { refundedCents: 2239 }],
  ['it was given back twice', { refundedCents: 2 * 2240 }],
])('of a cancelled order %s', (_, wrong) => {
  expect(after(books => Object.assign(kept(books, 'payment', 'cancelled'), wrong))).toEqual([
    'order 14 refunded-differs',
  ])
})

test('of a rejected order money was taken', () => {
  const taken = { status: 'captured', capturedCents: 249, version: 2 }
  expect(after(books => Object.assign(kept(books, 'payment', 'declined'), taken))).toEqual([
    'order 15 payment-differs',
    'order 15 captured-differs',
  ])
})

test('what was held for a rejected order may have been let go of', () => {
  expect(
    after(books => {
      kept(books, 'payment', 'declined').status = 'voided'
    }),
  ).toEqual([])
})

test('order and payment give different reasons', () => {
  expect(
    after(books => {
      kept(books, 'order', 'declined').reason = 'payment-expired'
    }),
  ).toEqual(['order 15 decline-reason-differs'])
})

test('an order that never heard the answer says so', () => {
  expect(
    after(books => {
      kept(books, 'order', 'declined').reason = 'authorise-payment-failed'
    }),
  ).toEqual([])
})

test('the payment of a confirmed order is unknown', () => {
  expect(
    after(books => {
      const payment = { problem: 'answered 404 payment-unknown', isUnknown: true } as const
      at(books.entries, places.confirmed).payment = payment
    }),
  ).toEqual(['order 10 payment-lost'])
})

test('the payment of a rejected order cannot be read', () => {
  expect(
    after(books => {
      at(books.entries, places.rejected).payment = { problem: 'answered 500 internal' }
    }),
  ).toEqual(['order 11 payment-lost'])
})

test('a payment was never read', () => {
  expect(after(books => delete at(books.entries, places.cancelled).payment)).toEqual([
    'order 14 payment-lost',
  ])
})
