import { commit, outgoing } from '@shop/journal/commit'
import type { Database } from '@shop/journal/database'
import { type Order, orderPlaced } from '@shop/orders-contract'
import { asc, eq, sql } from 'drizzle-orm'
import type { CloudEvent } from 'elysia-dapr'
import { type Decision, decide } from './order.ts'
import { orderLines, orders } from './schema.ts'

export interface RequestKey {
  idempotencyKey: string
  requestDigest: string
}

export interface Store {
  find(id: string): Order | undefined
  /** The order that was placed under a key before. */
  findByKey(idempotencyKey: string): { order: Order; requestDigest: string } | undefined
  /** Writes a new order and its event. False when another request under the same key came first. */
  add(order: Order, key: RequestKey): boolean
  /** Applies inventory's decision, the first alone. False when no such order waits for this event. */
  settle(orderId: string, decision: Decision, cause: CloudEvent): boolean
}

export function createStore(database: Database): Store {
  const byId = database
    .select()
    .from(orders)
    .where(eq(orders.id, sql.placeholder('id')))
    .prepare()
  const byKey = database
    .select()
    .from(orders)
    .where(eq(orders.idempotencyKey, sql.placeholder('key')))
    .prepare()
  const linesOf = database
    .select()
    .from(orderLines)
    .where(eq(orderLines.orderId, sql.placeholder('id')))
    .orderBy(asc(orderLines.position))
    .prepare()

  function toOrder(row: typeof orders.$inferSelect): Order {
    const lines = linesOf
      .all({ id: row.id })
      .map(({ productId, quantity, unitPriceCents }) => ({ productId, quantity, unitPriceCents }))
    const { id, customerId, status, reason, totalCents, placedAt } = row
    return { id, customerId, status, ...(reason !== null && { reason }), lines, totalCents, placedAt }
  }

  function find(id: string): Order | undefined {
    const row = byId.get({ id })
    return row && toOrder(row)
  }

  return {
    find,

    findByKey(idempotencyKey) {
      const row = byKey.get({ key: idempotencyKey })
      return row && { order: toOrder(row), requestDigest: row.requestDigest }
    },

    add(order, key) {
      if (byKey.get({ key: key.idempotencyKey })) return false
      const { lines, ...row } = order
      return commit(database, {
        rows(transaction) {
          transaction
            .insert(orders)
            .values({ ...row, ...key })
            .run()
          const numbered = lines.map((line, position) => ({ ...line, position, orderId: order.id }))
          transaction.insert(orderLines).values(numbered).run()
        },
        outbox: [
          outgoing(orderPlaced, {
            orderId: order.id,
            customerId: order.customerId,
            lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
          }),
        ],
      })
    },

    settle(orderId, decision, cause) {
      const order = find(orderId)
      if (order?.status !== 'placed') return order !== undefined
      const { status, reason = null } = decide(order, decision)
      return commit(database, {
        inbox: cause,
        rows: transaction =>
          transaction.update(orders).set({ status, reason }).where(eq(orders.id, orderId)).run(),
      })
    },
  }
}
