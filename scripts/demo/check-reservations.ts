import type { Books } from './books.ts'
import { lineList, type Mismatch } from './mismatch.ts'

/** Confirmed if and only if reserved with the order's lines; rejected if and only if nothing is reserved. */
export function checkReservations({ entries }: Pick<Books, 'entries'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const { sent, answer, order: read, reservation: kept } of entries) {
    // An order that cannot be read is reported with the orders.
    if (answer.kind !== 'accepted' || read === undefined || 'problem' in read) continue
    const order = read.found
    // One that is open may or may not have reached the inventory yet.
    if (order.status === 'placed') continue

    const report = (code: string, message: string) =>
      mismatches.push({ code, about: `order ${sent.number}`, message })

    if (kept === undefined || 'problem' in kept) {
      const problem = kept?.problem ?? 'it was never read'
      report('reservation-lost', `is ${order.status}, but its reservation cannot be read: ${problem}`)
      continue
    }
    const reservation = kept.found
    if (reservation.orderId !== answer.order.id) {
      report('reservation-id-differs', `GET for ${answer.order.id} answered that of ${reservation.orderId}`)
    }
    const expected = order.status === 'confirmed' ? 'reserved' : 'rejected'
    if (reservation.status !== expected) {
      report('reservation-differs', `is ${order.status}, its reservation is ${reservation.status}`)
      continue
    }
    const lines = lineList(expected === 'reserved' ? sent.lines : [])
    if (lineList(reservation.lines) !== lines) {
      report('reserved-lines-differ', `has ${lineList(reservation.lines)} reserved, should be ${lines}`)
    }
    if (reservation.reason !== order.reason) {
      const reasons = `${order.reason ?? 'none'}, its reservation ${reservation.reason ?? 'none'}`
      report('reason-differs', `gives the reason ${reasons}`)
    }
  }
  return mismatches
}
