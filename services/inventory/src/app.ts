import { type BaseOptions, createBase } from '@shop/chassis/base'
import { type OperationsDependencies, operations } from '@shop/journal/operations'
import { routes } from './routes.ts'
import { type SubscriptionDependencies, subscriptions } from './subscriptions.ts'

export interface Dependencies extends BaseOptions, SubscriptionDependencies, OperationsDependencies {}

export function createApp(dependencies: Dependencies) {
  return createBase(dependencies)
    .use(routes(dependencies.store))
    .use(subscriptions(dependencies))
    .use(operations(dependencies))
}
