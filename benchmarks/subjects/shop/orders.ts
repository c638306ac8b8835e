import { join, resolve } from 'node:path'
import type { NewEvent } from '../../../packages/journal/src/change-set.ts'
import { type Journal, openJournal } from '../../../packages/journal/src/journal.ts'
import { type OrdersTables, tables } from '../../../services/orders/src/schema.ts'

const migrations = resolve(import.meta.dir, '../../../services/orders/migrations')

/** The database of orders, with the settings of production, in a folder that is empty before. */
export function openOrders(folder: string): Promise<Journal<OrdersTables>> {
  return openJournal({ url: `file:${join(folder, 'orders.db')}`, tables, migrations })
}

const at = '2026-11-23T07:49:02.000Z'
const goods = {
  customerId: 'ALFKI',
  country: 'DE',
  lines: [
    { productId: 11, name: 'Queso Cabrales', quantity: 12, unitPriceCents: 1400 },
    { productId: 42, name: 'Singaporean Hokkien Fried Mee', quantity: 10, unitPriceCents: 980 },
    { productId: 72, name: 'Mozzarella di Giovanni', quantity: 5, unitPriceCents: 3480 },
  ],
  totalCents: 44_000,
  shippingCents: 1_200,
}

/** What happens to an order that is confirmed. */
export const wholeLife: readonly NewEvent[] = [
  { type: 'order-placed', schema: 2, data: goods, at },
  { type: 'stock-reserved', schema: 1, data: {}, at },
  { type: 'payment-authorised', schema: 1, data: {}, at },
  { type: 'shipping-arranged', schema: 1, data: { trackingNumber: 'SHP-0198f0b27a4e' }, at },
  { type: 'order-confirmed', schema: 1, data: {}, at },
]
