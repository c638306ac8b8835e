import type { Books } from './books.ts'
import { foundIn } from './ledger.ts'
import { lineList, type Mismatch } from './mismatch.ts'
import type { Order, Reservation } from './shapes.ts'

type Report = (code: string, message: string) => void

/** The units of a confirmed order have left, those of a cancelled one have come back, a rejected one keeps none. */
export function checkReservations({ entries }: Pick<Books, 'entries'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const { sent, answer, order: read, reservation: kept } of entries) {
    const order = foundIn(read)
    // An order that cannot be read is reported with the orders.
    if (answer.kind !== 'accepted' || order === undefined) continue
    // One that is open may or may not have reached the inventory yet.
    if (order.status === 'placed') continue

    const report: Report = (code, message) =>
      mismatches.push({ code, about: `order ${sent.number}`, message })

    const reservation = foundIn(kept)
    if (reservation === undefined) {
      const problem = kept && 'problem' in kept ? kept.problem : 'it was never read'
      report('reservation-lost', `is ${order.status}, but its reservation cannot be read: ${problem}`)
      continue
    }
    if (reservation.orderId !== answer.order.id) {
      report('reservation-id-differs', `GET for ${answer.order.id} answered that of ${reservation.orderId}`)
    }
    if (!statusesFor(order).includes(reservation.status)) {
      report('reservation-differs', `is ${order.status}, its reservation is ${reservation.status}`)
      continue
    }
    const had = lineList(reservation.lines)
    const lines = linesFor(reservation, lineList(sent.lines))
    if (!lines.includes(had)) {
      report('reserved-lines-differ', `has ${had} in its reservation, should be ${lines.join(' or ')}`)
    }
    checkReason(order, reservation, report)
  }
  return mismatches
}

function statusesFor({ status, reason }: Order): Reservation['status'][] {
  if (status === 'confirmed') return ['fulfilled']
  if (status === 'cancelled') return ['restocked']
  // What it was rejected for later has let go of what was reserved before.
  return reason === 'insufficient-stock' ? ['rejected'] : ['rejected', 'released', 'expired']
}

function linesFor({ status }: Reservation, sent: string): string[] {
  const none = lineList([])
  if (status === 'rejected') return [none]
  // One that was called off before it was asked for never kept any.
  return status === 'released' || status === 'expired' ? [sent, none] : [sent]
}

/** An order for which the inventory has too few says so, unless that answer never arrived. */
function checkReason(order: Order, reservation: Reservation, report: Report): void {
  if (reservation.status !== 'rejected' || order.reason?.endsWith('-failed')) return
  if (reservation.reason === order.reason) return
  const reasons = `${order.reason ?? 'none'}, its reservation ${reservation.reason ?? 'none'}`
  report('reason-differs', `gives the reason ${reasons}`)
}
