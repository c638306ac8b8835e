import type { Static } from '@sinclair/typebox'
import type { OrderCancelled, OrderConfirmed, OrderPlaced } from '../../services/orders/contract/index.ts'
import type { PaymentEvent } from '../../services/payments/contract/index.ts'

const at = '2026-01-31T12:00:00.000Z'

export interface Sold {
  orderId: string
  country: string
  lines: { productId: number; quantity: number; unitPriceCents: number }[]
}

/** An order whose units, products and country follow from its number. */
export function sold(number: number): Sold {
  return {
    orderId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    country: number % 2 === 0 ? 'France' : 'Germany',
    lines: [{ productId: 1 + (number % 3), quantity: 1 + (number % 5), unitPriceCents: 100 }],
  }
}

const unitsOf = ({ lines }: Sold) => lines.reduce((sum, { quantity }) => sum + quantity, 0)
const centsOf = ({ lines }: Sold) =>
  lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0)

const goodsOf = (order: Sold) => ({
  ...order,
  customerId: 'ALFKI',
  totalCents: centsOf(order),
  shippingCents: 500,
  at,
})

export const placed = (order: Sold): Static<typeof OrderPlaced> => ({
  type: 'order-placed',
  version: 1,
  previous: 0,
  ...goodsOf(order),
})

export const confirmed = (order: Sold): Static<typeof OrderConfirmed> => ({
  type: 'order-confirmed',
  version: 4,
  previous: 1,
  ...goodsOf(order),
})

export const cancelled = (order: Sold): Static<typeof OrderCancelled> => ({
  type: 'order-cancelled',
  version: 5,
  previous: 4,
  reason: 'regret',
  ...goodsOf(order),
})

export function payment(type: 'authorised' | 'captured' | 'refunded', order: Sold): PaymentEvent {
  const version = ['authorised', 'captured', 'refunded'].indexOf(type) + 1
  const amountCents = centsOf(order) + 500
  return { type: `payment-${type}`, orderId: order.orderId, version, previous: version - 1, at, amountCents }
}

/** What has to come out, by `product`, `country` or whatever else a key is made of. */
export function salesBy(orders: Sold[], keyOf: (order: Sold) => string) {
  const rows = Object.entries(Object.groupBy(orders, keyOf)).map(([key, group = []]) => ({
    key,
    orders: group.length,
    units: group.reduce((sum, order) => sum + unitsOf(order), 0),
    cents: group.reduce((sum, order) => sum + centsOf(order), 0),
  }))
  return rows.sort((one, other) => (one.key < other.key ? -1 : 1))
}
