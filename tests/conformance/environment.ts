// What the tests of this folder share: a real daprd and, on demand, what it talks to. Each ends with its scope:
//
//   await using sidecar = await daprd({ app, resources: [component('pubsub', 'pubsub.in-memory')] })
//   await using broker = await startBroker()
//   await using redis = await startRedis()           in a redisTest()
//   await using plane = await startControlPlane()     daprd({ placement: plane.placement, scheduler: plane.scheduler })

import { test } from 'bun:test'
import {
  type Daprd,
  type DaprdOptions,
  daprd as startDaprd,
} from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { obtainForTests } from './binaries.ts'
import * as broker from './broker.ts'
import * as plane from './control-plane.ts'
import { noRedis } from './redis.ts'

export { temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
export { component } from '../../packages/elysia-dapr/src/testing/resources.ts'
export { noRedis, type Redis, startRedis } from './redis.ts'
export { eventually, failureOf } from './wait.ts'

/** Obtained while the file loads, which has no time-out. `bun run test` has obtained it before. */
const { paths } = await obtainForTests(['daprd', 'placement', 'scheduler', 'nats-server'], {
  report: () => undefined,
})

/** Path of daprd. */
export const binary = paths.daprd

/** `daprd` of elysia-dapr/testing with every component type of `components.ts`. */
export async function daprd(options: DaprdOptions = {}): Promise<Daprd> {
  return await startDaprd({ binary, ...options })
}

/** The embedded broker. Its `component(name)` is the pub/sub component to give to daprd. */
export async function startBroker(
  options: Omit<broker.BrokerOptions, 'binary'> = {},
): Promise<broker.Broker> {
  return await broker.startBroker({ binary: paths['nats-server'], ...options })
}

/** Placement and scheduler, for actors, workflows and jobs. */
export async function startControlPlane(): Promise<plane.ControlPlane> {
  return await plane.startControlPlane(paths)
}

/** A test of what needs Redis: skipped, with the reason in its name, where there is none. */
export function redisTest(name: string, run: () => Promise<void>, timeout?: number): void {
  if (noRedis === undefined) test(name, run, timeout)
  else test.skip(`${name} (${noRedis})`, run)
}
