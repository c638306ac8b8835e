import { type BaseOptions, createBase } from '@shop/chassis/base'
import { routes } from './routes.ts'
import type { Store } from './store.ts'

export interface Dependencies extends BaseOptions {
  store: Store
}

export function createApp({ store, ...base }: Dependencies) {
  return createBase(base).use(routes(store))
}
