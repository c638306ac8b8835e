import type { CardVault } from './card-vault.ts'
import { nextStep } from './next-step.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Charge, Command, Payment } from './payment.ts'
import type { Provider } from './provider.ts'

/** Where payments and cards are kept. */
export interface PaymentStore {
  find(orderId: string): Promise<Payment | undefined>
  /**
   * Handles a command: what it changes is written, with its events, in one transaction. Of two at once, the second one
   * is decided on what the first one has left.
   * @returns the payment as it is now
   * @throws PaymentRefused
   */
  change(orderId: string, command: Command): Promise<Payment | undefined>
  sealedCardOf(customerId: string): Promise<string | undefined>
  keepSealedCard(customerId: string, sealed: string): Promise<void>
}

export interface Payments {
  find(orderId: string): Promise<Payment | undefined>
  /** Resolves when the provider has answered. @throws PaymentRefused, DaprError */
  authorise(request: { orderId: string; customerId: string; amountCents: number }): Promise<Payment>
  /** Resolves when nothing is held any more. @throws PaymentRefused, DaprError */
  callOff(orderId: string): Promise<Payment>
  /**
   * Does what is still to be done for a payment, also what somebody else has begun and not finished. Waits for whoever
   * is settling it in this process.
   * @throws DaprError when the provider or the vault cannot be asked: it is to be tried again
   */
  settle(orderId: string): Promise<Payment | undefined>
  keepCard(customerId: string, token: string): Promise<void>
}

export interface PaymentsDependencies {
  store: PaymentStore
  provider: Provider
  vault: CardVault
}

/**
 * Payments, step by step: what is wanted is written first, then the provider is asked, outside of any transaction, then
 * its answer is written. A crash in between leaves a payment whose next step is known; asking again does it once.
 */
export function createPayments({ store, provider, vault }: PaymentsDependencies): Payments {
  const alone = oneAtATime()

  async function finish(orderId: string): Promise<Payment | undefined> {
    let payment = await store.find(orderId)
    while (payment) {
      const command = await answerTo(payment)
      if (!command) return payment
      payment = await store.change(orderId, command)
    }
    return payment
  }

  function settle(orderId: string): Promise<Payment | undefined> {
    return alone(orderId, () => finish(orderId))
  }

  async function answerTo(payment: Payment): Promise<Command | undefined> {
    const step = nextStep(payment)
    if (step?.type !== 'authorise') return step && answered(step.type, await provider.carryOut(step))
    const card = payment.customerId && (await store.sealedCardOf(payment.customerId))
    if (!card) return { type: 'decline', reason: 'card-missing' }
    return answered(step.type, await provider.authorise(step, await vault.open(card)))
  }

  async function handle(orderId: string, command: Command): Promise<Payment> {
    await store.change(orderId, command)
    const payment = await settle(orderId)
    if (!payment) throw new Error(`payment ${orderId} is gone`)
    return payment
  }

  return {
    find: orderId => store.find(orderId),
    authorise: ({ orderId, ...asked }) => handle(orderId, { type: 'authorise', ...asked }),
    callOff: orderId => handle(orderId, { type: 'void' }),
    settle,
    keepCard: async (customerId, token) => store.keepSealedCard(customerId, await vault.seal(token)),
  }
}

function answered(step: 'authorise' | 'capture' | 'void' | 'refund', charge: Charge): Command {
  return { type: 'record', step, charge }
}
