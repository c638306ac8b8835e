import type { Logger } from '@shop/chassis/logger'
import { deadLetterTopic } from '@shop/journal/dead-letters'
import { orderPlaced } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { type CloudEvent, subscribe } from 'elysia-dapr'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Store
  /** Told that the outbox has something to publish. */
  committed: () => void
  keepDeadLetter: (event: CloudEvent) => void
  log: Logger
}

export function subscriptions({ store, committed, keepDeadLetter, log }: SubscriptionDependencies) {
  const deadLetters = deadLetterTopic('pubsub', 'inventory')

  return new Elysia()
    .use(
      subscribe(
        orderPlaced,
        ({ data, event }) => {
          const { orderId, status, reason } = store.reserve(data, event)
          committed()
          log.info({ orderId, status, reason }, 'stock decided')
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
        log.error({ event: event.id, type: event.type }, 'dead letter kept')
        keepDeadLetter(event)
      }),
    )
}
