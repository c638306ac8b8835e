import type { Payment as PublicPayment } from '@shop/payments-contract'
import { nextStep, type Step } from './next-step.ts'

/** What orders want to become of a payment; what is still to be done for it follows from the status. */
export type Wanted = 'authorised' | 'captured' | 'voided' | 'refunded'

export interface Payment {
  orderId: string
  /** Not known of one that was called off before it was asked for. */
  customerId?: string
  status: PublicPayment['status']
  wanted: Wanted
  amountCents: number
  capturedCents: number
  refundedCents: number
  /** Name of the charge at the provider, once it has held the amount. */
  chargeId?: string
  /** Why it was declined. */
  reason?: string
  /** How many events it has had. */
  version: number
}

/** What the provider says of a charge. */
export interface Charge {
  id: string
  status: 'authorised' | 'declined' | 'voided'
  reason?: string
  capturedCents: number
  refundedCents: number
}

export type Command =
  /** Asks for an amount to be held. */
  | { type: 'authorise'; customerId: string; amountCents: number }
  /** The order is confirmed: take it. */
  | { type: 'capture' }
  /** The order is given up: hold nothing, now or later. */
  | { type: 'void' }
  /** The order is cancelled: give back what was taken, or will be. */
  | { type: 'refund' }
  /** The provider has answered a step. */
  | { type: 'record'; step: Step['type']; charge: Charge }
  /** There is no card that the provider could be asked with. */
  | { type: 'decline'; reason: string }

/** What has happened to a payment. All but the first two are told to others. */
export type Fact =
  | { type: 'asked'; customerId: string; amountCents: number }
  | { type: 'wanted'; wanted: Wanted }
  | { type: 'authorised'; chargeId: string }
  | { type: 'declined'; reason: string }
  | { type: 'captured'; capturedCents: number }
  | { type: 'voided' }
  | { type: 'refunded'; refundedCents: number }

/** A command that the state of the payment forbids. */
export class PaymentRefused extends Error {
  readonly code: 'payment-differs' | 'payment-captured'

  constructor(code: PaymentRefused['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Decides what a command changes; nothing when that is done or decided already, so that every command can come again.
 * @throws PaymentRefused
 */
export function decide(payment: Payment | undefined, command: Command): Fact[] {
  switch (command.type) {
    case 'authorise':
      return authorise(payment, command)
    case 'capture':
      return payment && isOpen(payment) && payment.wanted === 'authorised' ? want('captured') : []
    case 'void':
      return callOff(payment)
    case 'refund':
      return payment ? giveBack(payment) : []
    case 'record':
      return payment && nextStep(payment)?.type === command.step ? answered(command.step, command.charge) : []
    case 'decline':
      return payment?.status === 'pending' ? [{ type: 'declined', reason: command.reason }] : []
  }
}

function authorise(
  payment: Payment | undefined,
  { customerId, amountCents }: { customerId: string; amountCents: number },
): Fact[] {
  if (!payment) return [{ type: 'asked', customerId, amountCents }]
  // It was called off before: nothing is held, whatever is asked.
  if (payment.customerId === undefined) return []
  if (payment.customerId !== customerId || payment.amountCents !== amountCents) {
    throw new PaymentRefused(
      'payment-differs',
      'Another amount was asked for this order, or another customer.',
    )
  }
  return []
}

function callOff(payment: Payment | undefined): Fact[] {
  if (!payment) return [...want('voided'), { type: 'voided' }]
  if (payment.status === 'declined') return []
  if (payment.wanted === 'captured' || payment.wanted === 'refunded') {
    throw new PaymentRefused(
      'payment-captured',
      'The money is taken, or about to be: it can only be refunded.',
    )
  }
  return payment.wanted === 'authorised' ? want('voided') : []
}

function giveBack({ status, wanted }: Payment): Fact[] {
  if (status === 'declined') return []
  if (wanted === 'captured') return want('refunded')
  // Nobody has wanted it taken: letting go is enough.
  return wanted === 'authorised' ? want('voided') : []
}

function want(wanted: Wanted): Fact[] {
  return [{ type: 'wanted', wanted }]
}

function isOpen({ status }: Payment): boolean {
  return status === 'pending' || status === 'authorised'
}

function answered(step: Step['type'], { id, status, reason, ...cents }: Charge): Fact[] {
  switch (step) {
    case 'authorise':
      return status === 'declined'
        ? [{ type: 'declined', reason: reason ?? 'declined' }]
        : [{ type: 'authorised', chargeId: id }]
    case 'capture':
      return [{ type: 'captured', capturedCents: cents.capturedCents }]
    case 'void':
      return [{ type: 'voided' }]
    case 'refund':
      return [{ type: 'refunded', refundedCents: cents.refundedCents }]
  }
}

/** The payment after a fact. */
export function evolve(payment: Payment | undefined, orderId: string, fact: Fact): Payment {
  const now = payment ?? unasked(orderId)
  switch (fact.type) {
    case 'asked':
      return { ...now, customerId: fact.customerId, amountCents: fact.amountCents }
    case 'wanted':
      return { ...now, wanted: fact.wanted }
    case 'authorised':
      return { ...now, status: 'authorised', chargeId: fact.chargeId, version: now.version + 1 }
    case 'declined':
      return { ...now, status: 'declined', reason: fact.reason, version: now.version + 1 }
    case 'captured':
      return { ...now, status: 'captured', capturedCents: fact.capturedCents, version: now.version + 1 }
    case 'voided':
      return { ...now, status: 'voided', version: now.version + 1 }
    case 'refunded':
      return { ...now, status: 'refunded', refundedCents: fact.refundedCents, version: now.version + 1 }
  }
}

function unasked(orderId: string): Payment {
  return {
    orderId,
    status: 'pending',
    wanted: 'authorised',
    amountCents: 0,
    capturedCents: 0,
    refundedCents: 0,
    version: 0,
  }
}
