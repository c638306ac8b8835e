import type { Logger } from '@shop/chassis/logger'
import { stockRejected, stockReserved } from '@shop/inventory-contract'
import { deadLetterTopic } from '@shop/journal/dead-letters'
import { Elysia } from 'elysia'
import { type CloudEvent, drop, subscribe } from 'elysia-dapr'
import type { Decision } from './order.ts'
import type { Store } from './store.ts'

export interface SubscriptionDependencies {
  store: Store
  keepDeadLetter: (event: CloudEvent) => boolean
  log: Logger
}

export function subscriptions({ store, keepDeadLetter, log }: SubscriptionDependencies) {
  const deadLetters = deadLetterTopic('pubsub', 'orders')
  const options = {
    deadLetterTopic: deadLetters.name,
    onDrop: (event: Partial<CloudEvent>, reason: string) =>
      log.warn({ event: event.id, topic: event.topic, reason }, 'event dropped'),
  }

  function settle(orderId: string, decision: Decision, event: CloudEvent) {
    if (!store.settle(orderId, decision, event)) return drop(`no order ${orderId} waits for it`)
    log.info({ orderId, ...decision }, 'order settled')
    return undefined
  }

  return new Elysia()
    .use(
      subscribe(
        stockReserved,
        ({ data, event }) => settle(data.orderId, { status: 'confirmed' }, event),
        options,
      ),
    )
    .use(
      subscribe(
        stockRejected,
        ({ data, event }) => settle(data.orderId, { status: 'rejected', reason: data.reason }, event),
        options,
      ),
    )
    .use(
      subscribe(deadLetters, ({ event }) => {
        if (keepDeadLetter(event)) log.error({ event: event.id, topic: event.topic }, 'dead letter kept')
      }),
    )
}
