import { journalTables } from '@shop/journal/schema'
import { defineTables } from '@shop/journal/tables'
import type { Payment, Wanted } from './payment.ts'

export const tables = defineTables(kit => {
  const { table, text, integer, index } = kit
  return {
    ...journalTables(kit),

    payments: table(
      'payments',
      {
        orderId: text('order_id').primaryKey(),
        customerId: text('customer_id'),
        status: text('status').$type<Payment['status']>().notNull(),
        wanted: text('wanted').$type<Wanted>().notNull(),
        amountCents: integer('amount_cents').notNull(),
        capturedCents: integer('captured_cents').notNull(),
        refundedCents: integer('refunded_cents').notNull(),
        chargeId: text('charge_id'),
        reason: text('reason'),
        version: integer('version').notNull(),
        /** Raised with every change: what is wanted changes without an event. */
        revision: integer('revision').notNull(),
        /** When the sweep settles it unless somebody else has until then; null: there is nothing to do. */
        dueAt: text('due_at'),
        /** How often the sweep has begun to settle it since it last changed. */
        attempts: integer('attempts').notNull(),
      },
      payments => [index('payments_due').on(payments.dueAt)],
    ),

    /** One for each customer, sealed by the sidecar's vault. */
    cards: table('cards', {
      customerId: text('customer_id').primaryKey(),
      sealed: text('sealed').notNull(),
    }),
  }
})

export type PaymentsTables = typeof tables.sqlite
