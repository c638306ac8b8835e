import type { Order } from '@shop/orders-contract'
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export { deadLetters, inbox, outbox } from '@shop/journal/schema'

export const orders = sqliteTable('orders', {
  id: text().primaryKey(),
  customerId: text('customer_id').notNull(),
  status: text().$type<Order['status']>().notNull(),
  reason: text(),
  totalCents: integer('total_cents').notNull(),
  placedAt: text('placed_at').notNull(),
  idempotencyKey: text('idempotency_key').notNull().unique(),
  /** Tells a repeated request from another one under the same key. */
  requestDigest: text('request_digest').notNull(),
})

export const orderLines = sqliteTable(
  'order_lines',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => orders.id),
    position: integer().notNull(),
    productId: integer('product_id').notNull(),
    quantity: integer().notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
  },
  table => [primaryKey({ columns: [table.orderId, table.position] })],
)
