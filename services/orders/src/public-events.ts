import type { OrderEvent } from '@shop/orders-contract'
import { type OrderHappened, type OrderState, order } from './order.ts'

/** What others are told of what has happened, in the words of the contract. The steps of a checkout are ours. */
export function publicEvents(
  orderId: string,
  before: OrderState,
  happened: OrderHappened[],
  at: string,
): OrderEvent[] {
  const events: OrderEvent[] = []
  let state = before
  for (const event of happened) {
    const previous = state.published
    state = order.evolve(state, event)
    if (state.published !== previous) events.push(toPublic(event, state, { orderId, previous, at }))
  }
  return events
}

function toPublic(
  event: OrderHappened,
  { goods, version }: OrderState,
  { orderId, previous, at }: { orderId: string; previous: number; at: string },
): OrderEvent {
  const place = { orderId, version, previous, at }
  switch (event.type) {
    case 'order-placed':
    case 'order-confirmed':
      return { type: event.type, ...place, ...goods }
    case 'order-rejected':
      return { type: event.type, ...place, reason: event.reason }
    case 'order-cancelled':
      return { type: event.type, ...place, ...goods, reason: event.reason }
    default:
      throw new TypeError(`${event.type} is not public`)
  }
}
