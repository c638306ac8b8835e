import type { Books } from './books.ts'
import { foundIn } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { Order, Payment } from './shapes.ts'

type Report = (code: string, message: string) => void

/**
 * The price of a confirmed order, its shipping included, is taken, once; that of a cancelled one was taken and is given
 * back; of a rejected one nothing is held or taken.
 */
export function checkPayments({ entries }: Pick<Books, 'entries'>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const { sent, answer, order: read, payment: kept } of entries) {
    const order = foundIn(read)
    // One that cannot be read is reported with the orders; one that is open may be anywhere on its way.
    if (answer.kind !== 'accepted' || order === undefined || order.status === 'placed') continue

    const report: Report = (code, message) =>
      mismatches.push({ code, about: `order ${sent.number}`, message })
    const payment = foundIn(kept)
    if (payment === undefined) {
      const { problem, isUnknown } = kept && 'problem' in kept ? kept : { problem: 'it was never read' }
      if (order.status === 'rejected' && isUnknown) continue
      report('payment-lost', `is ${order.status}, but its payment cannot be read: ${problem}`)
      continue
    }
    if (payment.orderId !== answer.order.id) {
      report('payment-id-differs', `GET for ${answer.order.id} answered that of ${payment.orderId}`)
    }
    const { customerId = sent.customerId } = payment
    if (customerId !== sent.customerId) {
      report('payment-customer-differs', `is paid by ${customerId}, ordered by ${sent.customerId}`)
    }
    checkMoney(order, payment, report)
  }
  return mismatches
}

const allowed: Record<Exclude<Order['status'], 'placed'>, Payment['status'][]> = {
  confirmed: ['captured'],
  cancelled: ['refunded'],
  rejected: ['declined', 'voided'],
}

function checkMoney(order: Order, payment: Payment, report: Report): void {
  const { status, amountCents, capturedCents, refundedCents } = payment
  if (order.status === 'placed') return
  if (!allowed[order.status].includes(status)) {
    report('payment-differs', `is ${order.status}, its payment is ${status}`)
  }
  const isTaken = order.status !== 'rejected'
  const price = order.totalCents + order.shippingCents
  if (isTaken && amountCents !== price) {
    report('amount-differs', `costs ${price} cents with its shipping, the payment is of ${amountCents}`)
  }
  const captured = isTaken ? price : 0
  if (capturedCents !== captured) {
    report(
      'captured-differs',
      `is ${order.status}, so ${captured} cents are to be taken, not ${capturedCents}`,
    )
  }
  const refunded = order.status === 'cancelled' ? captured : 0
  if (refundedCents !== refunded) {
    report(
      'refunded-differs',
      `is ${order.status}, so ${refunded} are to be given back, not ${refundedCents}`,
    )
  }
  if (status === 'declined' && !order.reason?.endsWith('-failed') && order.reason !== payment.reason) {
    const reasons = `${order.reason ?? 'none'}, its payment ${payment.reason ?? 'none'}`
    report('decline-reason-differs', `gives the reason ${reasons}`)
  }
}
