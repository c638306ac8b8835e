import { reservations } from '@shop/inventory-contract'
import type { Inbox } from '@shop/journal/inbox'
import { Elysia } from 'elysia'
import { drop } from 'elysia-dapr'
import { OrderRuleError } from './order.ts'
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
        decide: async ({ data }) => {
          if (data.type !== 'stock-expired') return undefined
          const command = { command: 'note' as const, event: { type: 'stock-expired' as const } }
          return await store.decide(data.orderId, command).catch(error => {
            if (error instanceof OrderRuleError) return drop(error.message)
            throw error
          })
        },
      }),
    )
    .use(inbox.deadLetters())
}
