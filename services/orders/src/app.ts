import { type BaseOptions, createBase } from '@shop/chassis/base'
import { type RouteDependencies, routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends BaseOptions, RouteDependencies, SubscriptionDependencies {}

export function createApp({ store, quote, committed, now, newId, keepDeadLetter, ...base }: Dependencies) {
  return createBase(base)
    .use(routes({ store, quote, committed, now, newId }))
    .use(subscriptions({ store, keepDeadLetter, log: base.log }))
}
