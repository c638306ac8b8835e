import { createBase } from '@shop/chassis/base'
import type { Logger } from '@shop/chassis/logger'
import { type RouteDependencies, routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends RouteDependencies, SubscriptionDependencies {
  log: Logger
  healthy?: () => boolean
  appToken?: string | undefined
}

export function createApp({ log, healthy, appToken, ...dependencies }: Dependencies) {
  return createBase({ log, appToken, ...(healthy && { healthy }) })
    .use(routes(dependencies))
    .use(subscriptions({ ...dependencies, log }))
}
