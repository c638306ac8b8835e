import type { Reservation } from '@shop/inventory-contract'
import { journalTables } from '@shop/journal/schema'
import { defineTables } from '@shop/journal/tables'
import { sql } from 'drizzle-orm'

export const tables = defineTables(kit => {
  const { table, text, integer, primaryKey, index, check } = kit
  return {
    ...journalTables(kit),

    stock: table(
      'stock',
      {
        productId: integer('product_id').primaryKey(),
        onHand: integer('on_hand').notNull(),
        reserved: integer('reserved').notNull(),
      },
      stock => [check('never_below_zero', sql`${stock.reserved} between 0 and ${stock.onHand}`)],
    ),

    reservations: table(
      'reservations',
      {
        orderId: text('order_id').primaryKey(),
        status: text('status').$type<Reservation['status']>().notNull(),
        reason: text('reason'),
        /** Null when it no longer can. */
        expiresAt: text('expires_at'),
        version: integer('version').notNull(),
      },
      reservations => [index('reservations_expiry').on(reservations.expiresAt)],
    ),

    /** What is or was kept. */
    reservationLines: table(
      'reservation_lines',
      {
        orderId: text('order_id').notNull(),
        productId: integer('product_id').notNull(),
        quantity: integer('quantity').notNull(),
      },
      lines => [primaryKey({ columns: [lines.orderId, lines.productId] })],
    ),

    /** Units that have arrived. */
    deliveries: table('deliveries', {
      idempotencyKey: text('idempotency_key').primaryKey(),
      productId: integer('product_id').notNull(),
      quantity: integer('quantity').notNull(),
      receivedAt: text('received_at').notNull(),
    }),
  }
})

export type InventoryTables = typeof tables.sqlite
