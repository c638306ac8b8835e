import { createBase } from '@shop/chassis/base'
import type { Logger } from '@shop/chassis/logger'
import { routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends SubscriptionDependencies {
  log: Logger
  healthy?: () => boolean
  appToken?: string | undefined
}

export function createApp({ store, committed, keepDeadLetter, ...base }: Dependencies) {
  return createBase(base)
    .use(routes(store))
    .use(subscriptions({ store, committed, keepDeadLetter, log: base.log }))
}
