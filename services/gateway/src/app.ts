import { type BaseOptions, createBase } from '@shop/chassis/base'
import { type Offer, routes } from './routes.ts'

export interface Dependencies extends BaseOptions, Offer {}

export function createApp({ services, shipping, openApi, ...base }: Dependencies) {
  return createBase({ ...base, public: true }).use(routes({ services, shipping, openApi }))
}
