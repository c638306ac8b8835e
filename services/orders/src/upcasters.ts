import type { Upcasters } from '@shop/journal/upcast'
import type { Goods } from './order.ts'

/** Events that were stored by earlier versions of this service are read as if they were of today. */
export const upcasters: Upcasters = {
  // Version 1 was from before the shop charged for shipping.
  'order-placed': [(data: Omit<Goods, 'shippingCents'>): Goods => ({ ...data, shippingCents: 0 })],
}
