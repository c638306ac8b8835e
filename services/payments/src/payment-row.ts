import { nextStep } from './next-step.ts'
import type { Payment } from './payment.ts'
import type { PaymentsTables } from './schema.ts'

export type PaymentRow = PaymentsTables['payments']['$inferSelect']

export function toPayment(row: PaymentRow): Payment {
  const { orderId, status, wanted, amountCents, capturedCents, refundedCents, version } = row
  return {
    ...{ orderId, status, wanted, amountCents, capturedCents, refundedCents, version },
    ...(row.customerId !== null && { customerId: row.customerId }),
    ...(row.chargeId !== null && { chargeId: row.chargeId }),
    ...(row.reason !== null && { reason: row.reason }),
  }
}

/** @param dueAt when the sweep settles it, should there be anything to do */
export function toRow(payment: Payment, revision: number, dueAt: string): PaymentRow {
  const { customerId = null, chargeId = null, reason = null } = payment
  const due = nextStep(payment) ? dueAt : null
  return { ...payment, customerId, chargeId, reason, revision, dueAt: due, attempts: 0 }
}
