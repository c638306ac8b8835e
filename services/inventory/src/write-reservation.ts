import type { Reservation } from '@shop/inventory-contract'
import { exactlyOne, type Guarded, type Statement, type Writer } from '@shop/journal/change-set'
import { and, eq } from 'drizzle-orm'
import type { InventoryTables } from './schema.ts'

/** What takes the rows of a reservation from what was read to what it is to be; a conflict when they have changed. */
export function writeReservation(
  write: Writer,
  { reservations, reservationLines }: InventoryTables,
  before: Reservation | undefined,
  after: Reservation,
): (Statement | Guarded)[] {
  const { orderId, lines, status, version, reason = null, expiresAt = null } = after
  const row = { orderId, status, version, reason, expiresAt }
  const statements: (Statement | Guarded)[] = []
  if (before) {
    const isUnchanged = and(eq(reservations.orderId, orderId), eq(reservations.version, before.version))
    statements.push(exactlyOne(write.update(reservations).set(row).where(isUnchanged)))
  } else statements.push(write.insert(reservations).values(row))

  const linesBefore = before?.lines ?? []
  if (!Bun.deepEquals(linesBefore, lines)) {
    if (linesBefore.length > 0) {
      statements.push(write.delete(reservationLines).where(eq(reservationLines.orderId, orderId)))
    }
    if (lines.length > 0) {
      const rows = lines.map(({ productId, quantity }) => ({ orderId, productId, quantity }))
      statements.push(write.insert(reservationLines).values(rows))
    }
  }
  return statements
}
