import type { Decision, Inbox } from '@shop/journal/inbox'
import { type OrderEvent, orders } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { drop } from 'elysia-dapr'
import { type Command, PaymentRefused } from './payment.ts'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Pick<Store, 'decide'>
  inbox: Inbox
}

const commands: Partial<Record<OrderEvent['type'], Command>> = {
  'order-confirmed': { type: 'capture' },
  'order-rejected': { type: 'void' },
  'order-cancelled': { type: 'refund' },
}

/** An event only says what is wanted of a payment: the provider is asked after that is committed, by the sweep. */
export function subscriptions({ store, inbox }: SubscriptionDependencies) {
  async function decide({ type, orderId }: OrderEvent): Promise<Decision> {
    const command = commands[type]
    try {
      return command && (await store.decide(orderId, command))
    } catch (error) {
      if (error instanceof PaymentRefused) return drop(`${type}: ${error.message}`)
      throw error
    }
  }

  return new Elysia()
    .use(inbox.on(orders, { key: ({ orderId }) => orderId, decide: ({ data }) => decide(data) }))
    .use(inbox.deadLetters())
}
