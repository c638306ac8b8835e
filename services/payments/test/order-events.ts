import type { OrderEvent } from '@shop/orders-contract'
import { at } from './doubles.ts'

const goods = {
  customerId: 'ALFKI',
  lines: [{ productId: 1, quantity: 1, unitPriceCents: 400 }],
  totalCents: 400,
  shippingCents: 100,
}

/** The events of an order of 500 cents: placed, then confirmed or rejected, then cancelled. */
export function orderEvents(orderId: string) {
  const common = (version: number) => ({ orderId, version, previous: version - 1, at })
  return {
    placed: { type: 'order-placed', ...common(1), ...goods },
    confirmed: { type: 'order-confirmed', ...common(2), ...goods },
    rejected: { type: 'order-rejected', ...common(2), reason: 'insufficient-stock' },
    cancelled: { type: 'order-cancelled', ...common(3), ...goods, reason: 'changed my mind' },
  } satisfies Record<string, OrderEvent>
}
