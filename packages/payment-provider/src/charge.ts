/** What has become of a request to hold money on a card. */
export interface Charge {
  id: string
  /** The client's own name for it. */
  reference: string
  status: 'authorised' | 'declined' | 'voided'
  /** Why it was declined. */
  reason?: string
  amountCents: number
  capturedCents: number
  refundedCents: number
}

export interface ChargeRequest {
  amountCents: number
  card: string
  reference: string
}

/** A change that the state of the charge forbids. */
export class ChargeRefused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Asks the bank that stands behind the card: the token says how it answers. */
export function authorise(id: string, { amountCents, card, reference }: ChargeRequest): Charge {
  const reason = refusalOf(card, amountCents)
  const charge = { id, reference, amountCents, capturedCents: 0, refundedCents: 0 }
  return reason === undefined
    ? { ...charge, status: 'authorised' }
    : { ...charge, status: 'declined', reason }
}

function refusalOf(card: string, amountCents: number): string | undefined {
  if (card.startsWith('tok_declined')) return 'card-declined'
  const limit = /^tok_poor_(\d+)/.exec(card)?.[1]
  return limit !== undefined && amountCents > Number(limit) ? 'insufficient-funds' : undefined
}

/** Takes a part of what is held, or all of it. */
export function capture(charge: Charge, amountCents: number): Charge {
  assertHeld(charge)
  const capturedCents = charge.capturedCents + amountCents
  if (capturedCents > charge.amountCents) {
    throw new ChargeRefused('capture-exceeds-charge', `No more than ${charge.amountCents} cents are held.`)
  }
  return { ...charge, capturedCents }
}

/** Gives back a part of what was taken, or all of it. */
export function refund(charge: Charge, amountCents: number): Charge {
  const refundedCents = charge.refundedCents + amountCents
  if (refundedCents > charge.capturedCents) {
    throw new ChargeRefused(
      'refund-exceeds-capture',
      `No more than ${charge.capturedCents} cents were taken.`,
    )
  }
  return { ...charge, refundedCents }
}

/** Lets go of what is held; of one that was let go before nothing changes. */
export function voidCharge(charge: Charge): Charge {
  if (charge.status === 'voided') return charge
  assertHeld(charge)
  if (charge.capturedCents > 0) throw new ChargeRefused('charge-captured', 'It was taken: refund it.')
  return { ...charge, status: 'voided' }
}

function assertHeld({ status }: Charge): void {
  if (status === 'authorised') return
  throw new ChargeRefused(`charge-${status}`, `The charge is ${status}: nothing is held.`)
}
