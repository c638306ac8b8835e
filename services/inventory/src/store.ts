import { type Reservation, type StockLevel, stockRejected, stockReserved } from '@shop/inventory-contract'
import { commit, outgoing } from '@shop/journal/commit'
import type { Database, Transaction } from '@shop/journal/database'
import type { OrderPlaced } from '@shop/orders-contract'
import { asc, count, eq, sql } from 'drizzle-orm'
import type { CloudEvent } from 'elysia-dapr'
import { reserve } from './reservation.ts'
import { reservationLines, reservations, stock } from './schema.ts'

export interface Store {
  levels(): StockLevel[]
  level(productId: number): StockLevel | undefined
  reservation(orderId: string): Reservation | undefined
  /** Decides about an order, once. Returns what holds now; nothing when the event was handled for another order. */
  reserve(order: OrderPlaced, cause: CloudEvent): Reservation | undefined
  isEmpty(): boolean
  add(opening: { productId: number; onHand: number }[]): void
}

export function createStore(database: Database): Store {
  const all = database.select().from(stock).orderBy(asc(stock.productId)).prepare()
  const one = database
    .select()
    .from(stock)
    .where(eq(stock.productId, sql.placeholder('id')))
    .prepare()
  const countAll = database.select({ count: count() }).from(stock).prepare()
  const byOrder = database
    .select()
    .from(reservations)
    .where(eq(reservations.orderId, sql.placeholder('id')))
    .prepare()
  const linesOf = database
    .select()
    .from(reservationLines)
    .where(eq(reservationLines.orderId, sql.placeholder('id')))
    .orderBy(asc(reservationLines.productId))
    .prepare()

  function level(productId: number): StockLevel | undefined {
    const row = one.get({ id: productId })
    return row && toLevel(row)
  }

  function find(orderId: string): Reservation | undefined {
    const row = byOrder.get({ id: orderId })
    if (!row) return undefined
    const lines = linesOf.all({ id: orderId }).map(({ productId, quantity }) => ({ productId, quantity }))
    return { orderId, status: row.status, ...(row.reason !== null && { reason: row.reason }), lines }
  }

  return {
    levels: () => all.all().map(toLevel),
    level,
    reservation: find,

    reserve(order, cause) {
      const earlier = find(order.orderId)
      if (earlier) return earlier
      const decided = reserve(order.orderId, order.lines, productId => level(productId)?.available ?? 0)
      const { orderId, status, reason = '' } = decided
      const written = commit(database, {
        inbox: cause,
        rows(transaction) {
          write(transaction, decided)
        },
        outbox: [
          status === 'reserved'
            ? outgoing(stockReserved, { orderId })
            : outgoing(stockRejected, { orderId, reason }),
        ],
      })
      return written ? decided : undefined
    },

    isEmpty: () => countAll.get()?.count === 0,
    add(opening) {
      database.transaction(transaction => {
        for (const level of opening)
          transaction
            .insert(stock)
            .values({ ...level, reserved: 0 })
            .run()
      })
    },
  }
}

function write(transaction: Transaction, { orderId, status, reason, lines }: Reservation): void {
  transaction.insert(reservations).values({ orderId, status, reason }).run()
  for (const { productId, quantity } of lines) {
    transaction.insert(reservationLines).values({ orderId, productId, quantity }).run()
    transaction
      .update(stock)
      .set({ reserved: sql`${stock.reserved} + ${quantity}` })
      .where(eq(stock.productId, productId))
      .run()
  }
}

function toLevel({ productId, onHand, reserved }: typeof stock.$inferSelect): StockLevel {
  return { productId, onHand, reserved, available: onHand - reserved }
}
