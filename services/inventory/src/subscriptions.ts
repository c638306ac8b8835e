import type { Logger } from '@shop/chassis/logger'
import type { Inbox } from '@shop/journal/inbox'
import { type OrderEvent, orders } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { drop } from 'elysia-dapr'
import { type ReservationCommand, ReservationRefused } from './reservation.ts'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Store
  inbox: Inbox
  log: Logger
}

export function subscriptions({ store, inbox, log }: SubscriptionDependencies) {
  return new Elysia()
    .use(
      inbox.on(orders, {
        key: ({ orderId }) => orderId,
        async decide({ data }) {
          const command = commandOf(data)
          if (!command) return undefined
          try {
            return await store.decide(data.orderId, command)
          } catch (error) {
            if (!(error instanceof ReservationRefused)) throw error
            // As a dead letter it can be handled again, once a person has seen to the units.
            const { orderId, type } = data
            log.error({ orderId, event: type, code: error.code }, error.message)
            return drop(error.message)
          }
        },
      }),
    )
    .use(inbox.deadLetters())
}

/** That an order is placed leads to nothing here: its checkout asks for the units. */
function commandOf(event: OrderEvent): ReservationCommand | undefined {
  switch (event.type) {
    case 'order-placed':
      return undefined
    case 'order-confirmed':
      return { command: 'fulfil', lines: event.lines }
    case 'order-rejected':
      return { command: 'release' }
    case 'order-cancelled':
      return { command: 'restock' }
  }
}
