import type { Reservation } from '@shop/inventory-contract'
import { sql } from 'drizzle-orm'
import { check, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export { deadLetters, inbox, outbox } from '@shop/journal/schema'

export const stock = sqliteTable(
  'stock',
  {
    productId: integer('product_id').primaryKey(),
    onHand: integer('on_hand').notNull(),
    reserved: integer().notNull(),
  },
  table => [check('never_below_zero', sql`${table.reserved} between 0 and ${table.onHand}`)],
)

export const reservations = sqliteTable('reservations', {
  orderId: text('order_id').primaryKey(),
  status: text().$type<Reservation['status']>().notNull(),
  reason: text(),
})

export const reservationLines = sqliteTable(
  'reservation_lines',
  {
    orderId: text('order_id')
      .notNull()
      .references(() => reservations.orderId),
    productId: integer('product_id').notNull(),
    quantity: integer().notNull(),
  },
  table => [primaryKey({ columns: [table.orderId, table.productId] })],
)
