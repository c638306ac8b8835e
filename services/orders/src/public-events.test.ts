import { expect, test } from 'bun:test'
import { OrderEvent } from '@shop/orders-contract'
import { Value } from '@sinclair/typebox/value'
import { after, at, facts, goods, orderIdOf, placed } from '../test/orders.ts'
import type { OrderHappened } from './order.ts'
import { publicEvents } from './public-events.ts'

const orderId = orderIdOf(1)
const cancelled: OrderHappened = { type: 'order-cancelled', reason: 'changed my mind' }

test.each<[string, OrderHappened[], OrderHappened, object]>([
  ['placed', [], placed, { version: 1, previous: 0, ...goods }],
  ['confirmed', [placed, ...facts], { type: 'order-confirmed' }, { version: 5, previous: 1, ...goods }],
  [
    'rejected',
    [placed],
    { type: 'order-rejected', reason: 'payment-declined' },
    { version: 2, previous: 1, reason: 'payment-declined' },
  ],
  [
    'cancelled',
    [placed, ...facts, { type: 'order-confirmed' }],
    cancelled,
    { version: 6, previous: 5, ...goods, reason: 'changed my mind' },
  ],
])('that an order is %s is told in the words of the contract', (_, past, event, told) => {
  const events = publicEvents(orderId, after(...past), [event], at)
  expect(events as unknown[]).toEqual([{ type: event.type, orderId, at, ...told }])
  expect(Value.Check(OrderEvent, events[0])).toBe(true)
})

test('the steps of a checkout are told to nobody', () => {
  const failed: OrderHappened = { type: 'checkout-failed', reason: 'x' }
  expect(publicEvents(orderId, after(placed), [...facts, { type: 'stock-expired' }, failed], at)).toEqual([])
})
