import type { PaymentEvent } from '@shop/payments-contract'
import type { CardVault } from '../src/card-vault.ts'
import { handle } from '../src/handle.ts'
import type { Step } from '../src/next-step.ts'
import type { Charge, Payment } from '../src/payment.ts'
import type { PaymentStore } from '../src/payments.ts'
import { type Provider, ProviderFault } from '../src/provider.ts'

export const at = '2026-01-02T03:04:05.000Z'

/** The same id for the same number. */
export function orderIdOf(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

/** A store in memory, with all events that it has committed. */
export function memoryStore() {
  const payments = new Map<string, Payment>()
  const cards = new Map<string, string>()
  const events: PaymentEvent[] = []
  const store: PaymentStore = {
    find: async orderId => payments.get(orderId),
    async change(orderId, command) {
      const handled = handle(payments.get(orderId), orderId, command, at)
      if (handled.payment) payments.set(orderId, handled.payment)
      events.push(...handled.events)
      return handled.payment
    },
    sealedCardOf: async customerId => cards.get(customerId),
    keepSealedCard: async (customerId, sealed) => void cards.set(customerId, sealed),
  }
  return { store, cards, events }
}

/** A provider that does each key once; `fail` has the next call fail, before its work or after it. */
export function fakeProvider() {
  const answers = new Map<string, Charge>()
  const asked: string[] = []
  let failure: 'before' | 'after' | undefined
  let charge: Charge = { id: 'ch_1', status: 'authorised', capturedCents: 0, refundedCents: 0 }

  async function ask(step: Step, effect: Partial<Charge>): Promise<Charge> {
    asked.push(step.key)
    const fault = failure
    failure = undefined
    if (fault === 'before') throw new ProviderFault('away', { code: 'UNREACHABLE' })
    charge = answers.get(step.key) ?? { ...charge, ...effect }
    answers.set(step.key, charge)
    if (fault === 'after') throw new ProviderFault('answer lost', { code: 'UNREACHABLE' })
    return charge
  }

  const provider: Provider = {
    authorise: (step, card) =>
      ask(step, card.startsWith('tok_declined') ? { status: 'declined', reason: 'card-declined' } : {}),
    carryOut(step) {
      if (step.type === 'void') return ask(step, { status: 'voided' })
      const effect = step.type === 'capture' ? 'capturedCents' : 'refundedCents'
      return ask(step, { [effect]: step.amountCents })
    },
  }
  return {
    provider,
    asked,
    fail(when: 'before' | 'after') {
      failure = when
    },
  }
}

export const vault: CardVault = {
  seal: async token => btoa(token),
  open: async sealed => atob(sealed),
}
