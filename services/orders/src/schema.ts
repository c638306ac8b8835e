import { journalTables } from '@shop/journal/schema'
import { defineTables } from '@shop/journal/tables'
import type { Order } from '@shop/orders-contract'

export const tables = defineTables(kit => {
  const { table, text, integer, json, primaryKey, index } = kit
  return {
    ...journalTables(kit),

    /** What `idempotency-key` was used for. */
    requests: table('requests', {
      idempotencyKey: text('idempotency_key').primaryKey(),
      /** Tells a repeated request from another one under the same key. */
      digest: text('digest').notNull(),
      orderId: text('order_id').notNull(),
    }),

    /** The read model. */
    orderViews: table(
      'order_views',
      {
        generation: integer('generation').notNull(),
        id: text('id').notNull(),
        customerId: text('customer_id').notNull(),
        status: text('status').$type<Order['status']>().notNull(),
        placedAt: text('placed_at').notNull(),
        view: json('view').notNull(),
      },
      views => [
        primaryKey({ columns: [views.generation, views.id] }),
        index('order_views_customer').on(views.generation, views.customerId, views.id),
      ],
    ),

    /** The workflows that commits have asked for: the outbox of what is to be started. */
    workflows: table(
      'workflows',
      {
        instanceId: text('instance_id').primaryKey(),
        /** Name with version. */
        workflow: text('workflow').notNull(),
        orderId: text('order_id').notNull(),
        requestedAt: text('requested_at').notNull(),
        /** W3C trace context of the request that asked for it. */
        traceparent: text('traceparent'),
        startedAt: text('started_at'),
        finishedAt: text('finished_at'),
        /** When its history was removed. */
        purgedAt: text('purged_at'),
      },
      workflows => [index('workflows_open').on(workflows.finishedAt, workflows.startedAt)],
    ),
  }
})

export type OrdersTables = typeof tables.sqlite
