import { type BaseOptions, createBase } from '@shop/chassis/base'
import { routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends BaseOptions, SubscriptionDependencies {}

export function createApp({ store, committed, keepDeadLetter, ...base }: Dependencies) {
  return createBase(base)
    .use(routes(store))
    .use(subscriptions({ store, committed, keepDeadLetter, log: base.log }))
}
