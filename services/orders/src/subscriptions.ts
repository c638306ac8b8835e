import { reservations } from '@shop/inventory-contract'
import type { Inbox } from '@shop/journal/inbox'
import { Elysia } from 'elysia'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Store
  inbox: Inbox
}

export function subscriptions({ store, inbox }: SubscriptionDependencies) {
  return new Elysia()
    .use(
      inbox.on(reservations, {
        key: ({ orderId }) => orderId,
        // The checkout is told what it asked for; that units were given back it has to be told by the event.
        decide: ({ data }) =>
          data.type === 'stock-expired'
            ? store.decide(data.orderId, { command: 'note', event: { type: 'stock-expired' } })
            : undefined,
      }),
    )
    .use(inbox.deadLetters())
}
