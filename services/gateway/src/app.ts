import { createBase } from '@shop/chassis/base'
import type { Logger } from '@shop/chassis/logger'
import { routes } from './routes.ts'
import type { Services } from './services.ts'

export interface Dependencies {
  log: Logger
  services: Services
  healthy?: () => boolean
  appToken?: string | undefined
}

export function createApp({ services, ...base }: Dependencies) {
  return createBase({ ...base, public: true }).use(routes(services))
}
