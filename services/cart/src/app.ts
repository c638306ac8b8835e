import { createBase } from '@shop/chassis/base'
import type { Logger } from '@shop/chassis/logger'
import { routes } from './routes.ts'
import type { Store } from './store.ts'

export interface Dependencies {
  log: Logger
  store: Store
  healthy?: () => boolean
  appToken?: string | undefined
}

export function createApp({ store, ...base }: Dependencies) {
  return createBase(base).use(routes(store))
}
