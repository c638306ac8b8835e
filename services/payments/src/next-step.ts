import type { Payment } from './payment.ts'

/** What has to be asked of the provider. Asked again with the same key, it does nothing and gives the first answer. */
export type Step =
  | { type: 'authorise'; key: string; reference: string; amountCents: number }
  | { type: 'capture'; key: string; chargeId: string; amountCents: number }
  | { type: 'void'; key: string; chargeId: string }
  | { type: 'refund'; key: string; chargeId: string; amountCents: number }

/**
 * What is still to be done for a payment, by its state alone: whoever finds it half done, after a crash too, can go on.
 *
 * One that is called off while the provider has not answered is asked for again: the key makes that the same question,
 * and without the answer nobody would know what to let go of.
 */
export function nextStep(payment: Payment): Step | undefined {
  const { orderId, status, wanted, amountCents, capturedCents, chargeId } = payment
  const keyOf = (type: Step['type']) => `${orderId}:${type}`
  if (status === 'pending') {
    return { type: 'authorise', key: keyOf('authorise'), reference: orderId, amountCents }
  }
  if (chargeId === undefined) return undefined
  if (status === 'authorised' && wanted === 'voided') return { type: 'void', key: keyOf('void'), chargeId }
  if (status === 'authorised' && wanted !== 'authorised') {
    return { type: 'capture', key: keyOf('capture'), chargeId, amountCents }
  }
  if (status === 'captured' && wanted === 'refunded') {
    return { type: 'refund', key: keyOf('refund'), chargeId, amountCents: capturedCents }
  }
  return undefined
}
