import type { CheckoutFact, Goods, OrderHappened, OrderState } from '../src/order.ts'
import { order } from '../src/order.ts'

export const at = '2026-01-02T03:04:05.000Z'

/** The same id for the same number; the greater number is the later id. */
export function orderIdOf(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

export const goods: Goods = {
  customerId: 'ALFKI',
  country: 'Germany',
  lines: [
    { productId: 4, quantity: 2, unitPriceCents: 2200 },
    { productId: 3, quantity: 1, unitPriceCents: 1000 },
  ],
  totalCents: 5400,
  shippingCents: 900,
}

export const current = { checkout: 'checkout-v1', cancellation: 'cancellation-v1' }

export const placed: OrderHappened = { type: 'order-placed', ...goods }

/** What a checkout brings about, in its order. */
export const facts: CheckoutFact[] = [
  { type: 'stock-reserved' },
  { type: 'payment-authorised' },
  { type: 'shipping-arranged', trackingNumber: 'SP1' },
]

/** The order after such a past. */
export function after(...past: OrderHappened[]): OrderState {
  return past.reduce(order.evolve, order.initial)
}
