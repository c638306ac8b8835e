import type { PaymentEvent } from '@shop/payments-contract'
import { type Command, decide, evolve, type Fact, type Payment } from './payment.ts'

export interface Handled {
  /** As it is now; nothing when the command is about a payment that there is not. */
  payment: Payment | undefined
  /** Whether it differs from before, and has to be written. */
  changed: boolean
  /** To be published with the change, in this order. */
  events: PaymentEvent[]
}

/**
 * Handles one command.
 * @param at when, as RFC 3339
 * @throws PaymentRefused
 */
export function handle(before: Payment | undefined, orderId: string, command: Command, at: string): Handled {
  const events: PaymentEvent[] = []
  let payment = before
  for (const fact of decide(before, command)) {
    payment = evolve(payment, orderId, fact)
    const event = eventOf(payment, fact, at)
    if (event) events.push(event)
  }
  return { payment, changed: payment !== before, events }
}

function eventOf(payment: Payment, fact: Fact, at: string): PaymentEvent | undefined {
  const { orderId, version, amountCents, capturedCents, refundedCents } = payment
  const common = { orderId, version, previous: version - 1, at, amountCents }
  switch (fact.type) {
    case 'authorised':
      return { type: 'payment-authorised', ...common }
    case 'declined':
      return { type: 'payment-declined', ...common, reason: fact.reason }
    case 'captured':
      return { type: 'payment-captured', ...common, amountCents: capturedCents }
    case 'voided':
      return { type: 'payment-voided', ...common }
    case 'refunded':
      return { type: 'payment-refunded', ...common, amountCents: refundedCents }
    default:
      return undefined
  }
}
