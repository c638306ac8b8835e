import { type BaseOptions, createBase } from '@shop/chassis/base'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

export interface Dependencies extends BaseOptions {
  services: Services
}

export function createApp({ services, ...base }: Dependencies) {
  return createBase({ ...base, public: true }).use(routes(services))
}
