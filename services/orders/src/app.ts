import { createBase } from '@shop/chassis/base'
import type { Logger } from '@shop/chassis/logger'
import { type RouteDependencies, routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends RouteDependencies, SubscriptionDependencies {
  log: Logger
  healthy?: () => boolean
  appToken?: string | undefined
}

export function createApp({ store, quote, committed, now, newId, keepDeadLetter, ...base }: Dependencies) {
  return createBase(base)
    .use(routes({ store, quote, committed, now, newId }))
    .use(subscriptions({ store, keepDeadLetter, log: base.log }))
}
