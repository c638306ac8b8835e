import {
  type Reservation,
  type ReservationEvent,
  reservations as reservationsTopic,
  type StockLevel,
} from '@shop/inventory-contract'
import { type ChangeSet, exactlyOne, outgoing } from '@shop/journal/change-set'
import { retryOnConflict } from '@shop/journal/conflict'
import type { Journal } from '@shop/journal/journal'
import { and, asc, count, eq, inArray, lte, sql } from 'drizzle-orm'
import { movements } from './movements.ts'
import { decide, evolve, type ReservationCommand } from './reservation.ts'
import type { InventoryTables } from './schema.ts'
import { writeReservation } from './write-reservation.ts'

export interface Delivery {
  idempotencyKey: string
  productId: number
  quantity: number
}

export interface Store {
  /** In the order of the products. */
  levels(): Promise<StockLevel[]>
  level(productId: number): Promise<StockLevel | undefined>
  reservation(orderId: string): Promise<Reservation | undefined>
  /**
   * What holds after a command; undefined: there is no reservation.
   * @throws ReservationRefused
   */
  execute(orderId: string, command: ReservationCommand): Promise<Reservation | undefined>
  /** The same without the commit, for an event that causes it. Undefined: it changes nothing. */
  decide(orderId: string, command: ReservationCommand): Promise<ChangeSet | undefined>
  /** Ids of the orders whose reservations have expired, the longest ago first. */
  due(limit: number): Promise<string[]>
  /** Adds units that have arrived, once for each key. Returns the level, or why nothing was added. */
  deliver(delivery: Delivery): Promise<StockLevel | 'product-unknown' | 'idempotency-key-reused'>
  isEmpty(): Promise<boolean>
  /** @throws ConflictError when there is stock of one of them already: nothing is added then */
  add(opening: { productId: number; onHand: number }[]): Promise<void>
}

export interface StoreOptions {
  journal: Journal<InventoryTables>
  /** How long units are kept for an order that is not confirmed, in milliseconds. */
  reserveFor: number
  now?: () => Date
}

export function createStore({ journal, reserveFor, now = () => new Date() }: StoreOptions): Store {
  const { database, tables } = journal
  const { stock, reservations, reservationLines, deliveries } = tables

  async function levels(productIds?: number[]): Promise<StockLevel[]> {
    const isWanted = productIds && inArray(stock.productId, productIds)
    const rows = await database.select().from(stock).where(isWanted).orderBy(asc(stock.productId))
    return rows.map(toLevel)
  }

  async function level(productId: number): Promise<StockLevel | undefined> {
    return (await levels([productId]))[0]
  }

  async function find(orderId: string): Promise<Reservation | undefined> {
    // In one query, so that what it sees is of one moment.
    const rows = await database
      .select({ reservation: reservations, line: reservationLines })
      .from(reservations)
      .leftJoin(reservationLines, eq(reservationLines.orderId, reservations.orderId))
      .where(eq(reservations.orderId, orderId))
      .orderBy(asc(reservationLines.productId))
    const [first] = rows
    if (!first) return undefined
    const { status, reason, expiresAt, version } = first.reservation
    const lines = rows.flatMap(({ line }) =>
      line ? [{ productId: line.productId, quantity: line.quantity }] : [],
    )
    const optional = { ...(reason !== null && { reason }), ...(expiresAt !== null && { expiresAt }) }
    return { orderId, status, ...optional, lines, version }
  }

  async function prepare(orderId: string, command: ReservationCommand) {
    const before = await find(orderId)
    const lines = 'lines' in command ? command.lines : []
    // PostgreSQL refuses a query about a number that none of its integers can hold
    const asked = lines.map(({ productId }) => productId).filter(Number.isSafeInteger)
    const known = new Map(
      (asked.length > 0 ? await levels(asked) : []).map(({ productId, available }) => [productId, available]),
    )
    const moment = now()
    const event = decide(command, before, {
      orderId,
      available: productId => known.get(productId) ?? 0,
      at: moment.toISOString(),
      expiresAt: new Date(moment.getTime() + reserveFor).toISOString(),
    })
    return event ? { after: evolve(event), change: changeOf(before, event) } : { after: before }
  }

  function changeOf(before: Reservation | undefined, event: ReservationEvent): ChangeSet {
    const after = evolve(event)
    return {
      rows: write => [
        ...writeReservation(write, tables, before, after),
        // In the order of the products: two orders that share some wait for each other, and do not block each other.
        ...movements(before, after).map(({ productId, onHand, reserved }) =>
          exactlyOne(
            write
              .update(stock)
              .set({
                onHand: sql`${stock.onHand} + ${onHand}`,
                reserved: sql`${stock.reserved} + ${reserved}`,
              })
              .where(eq(stock.productId, productId)),
          ),
        ),
      ],
      outbox: [outgoing(reservationsTopic, event.orderId, event)],
    }
  }

  return {
    levels: () => levels(),
    level,
    reservation: find,

    execute: (orderId, command) =>
      retryOnConflict(async () => {
        const { after, change } = await prepare(orderId, command)
        if (change) await journal.commit(change)
        return after
      }),

    decide: async (orderId, command) => (await prepare(orderId, command)).change,

    async due(limit) {
      const hasExpired = and(
        eq(reservations.status, 'reserved'),
        lte(reservations.expiresAt, now().toISOString()),
      )
      const rows = await database
        .select({ orderId: reservations.orderId })
        .from(reservations)
        .where(hasExpired)
        .orderBy(asc(reservations.expiresAt))
        .limit(limit)
      return rows.map(({ orderId }) => orderId)
    },

    deliver: delivery =>
      retryOnConflict(async () => {
        const { idempotencyKey, productId, quantity } = delivery
        const isKey = eq(deliveries.idempotencyKey, idempotencyKey)
        const [first] = await database.select().from(deliveries).where(isKey)
        if (first && (first.productId !== productId || first.quantity !== quantity)) {
          return 'idempotency-key-reused'
        }
        if (!(await level(productId))) return 'product-unknown'
        if (!first) await journal.commit(arrival(delivery))
        return (await level(productId)) ?? 'product-unknown'
      }),

    async isEmpty() {
      const [row] = await database.select({ count: count() }).from(stock)
      return row?.count === 0
    },

    async add(opening) {
      const rows = opening.map(product => ({ ...product, reserved: 0 }))
      await journal.commit({ rows: write => [write.insert(stock).values(rows)] })
    },
  }

  function arrival({ quantity, ...delivery }: Delivery): ChangeSet {
    const receivedAt = now().toISOString()
    return {
      rows: write => [
        write.insert(deliveries).values({ ...delivery, quantity, receivedAt }),
        exactlyOne(
          write
            .update(stock)
            .set({ onHand: sql`${stock.onHand} + ${quantity}` })
            .where(eq(stock.productId, delivery.productId)),
        ),
      ],
    }
  }
}

function toLevel({ productId, onHand, reserved }: InventoryTables['stock']['$inferSelect']): StockLevel {
  return { productId, onHand, reserved, available: onHand - reserved }
}
