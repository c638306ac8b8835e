import type { Logger } from '@shop/chassis/logger'
import { deadLetterTopic } from '@shop/journal/dead-letters'
import { orderPlaced } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { type CloudEvent, drop, subscribe } from 'elysia-dapr'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Store
  /** Told that the outbox has something to publish. */
  committed: () => void
  keepDeadLetter: (event: CloudEvent) => boolean
  log: Logger
}

export function subscriptions({ store, committed, keepDeadLetter, log }: SubscriptionDependencies) {
  const deadLetters = deadLetterTopic('pubsub', 'inventory')

  return new Elysia()
    .use(
      subscribe(
        orderPlaced,
        ({ data, event }) => {
          const reservation = store.reserve(data, event)
          if (!reservation) return drop(`event ${event.id} was handled for another order`)
          committed()
          const { orderId, status, reason } = reservation
          log.info({ orderId, status, reason }, 'stock decided')
          return undefined
        },
        {
          deadLetterTopic: deadLetters.name,
          onDrop: (event, reason) =>
            log.warn({ event: event.id, topic: event.topic, reason }, 'event dropped'),
        },
      ),
    )
    .use(
      subscribe(deadLetters, ({ event }) => {
        if (keepDeadLetter(event)) log.error({ event: event.id, topic: event.topic }, 'dead letter kept')
      }),
    )
}
