import { Elysia } from 'elysia'
import { dapr, publish, subscribe } from '../../../packages/elysia-dapr/src/index.ts'
import type { Daprd, DaprdOptions } from '../../../packages/elysia-dapr/src/testing/index.ts'
import { daprd, startBroker, startRedis } from '../environment.ts'
import { type AppProcess, type AppProcessOptions, appProcess } from './app-process.ts'
import { dead, placed } from './topics.ts'

export interface Shop extends AsyncDisposable {
  app: AppProcess
  /** The app's. */
  sidecar: Daprd
  /** Another app's, which publishes and gets the dead letters. */
  outside: Daprd
  /** Ids of the dead letters. */
  buried: string[]
  /** `redis://…` when it is the broker. */
  redisUrl: string | undefined
}

export interface ShopOptions extends AppProcessOptions, Pick<DaprdOptions, 'healthCheck' | 'logLevel'> {
  broker: 'redis' | 'mqtt3'
  /** What daprd does with an event whose handler fails, see `retries`. @default nothing but what the broker does */
  resources?: NonNullable<DaprdOptions['resources']>
  /** Deliveries at once. @default as many as the broker gives */
  maxConcurrency?: number
  /** Seconds after which the broker delivers again what nobody has acknowledged. @default 2 */
  redeliverAfter?: number
}

/** An app that can be killed, with its sidecar, beside another that publishes to it. It has handled the event `first`. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { appToken = '', resources = [], maxConcurrency, healthCheck = false, logLevel = 'info' } = options
  await using cleanup = new AsyncDisposableStack()
  const { component, redisUrl } = await startPubsub(options, cleanup)
  const buried: string[] = []
  const undertaker = (sidecar: Daprd) =>
    new Elysia()
      .use(dapr({ appToken: sidecar.appToken }))
      .use(subscribe(dead, ({ event }) => void buried.push(event.id)))
  const outside = cleanup.use(
    await daprd({ appId: 'outside', app: undertaker as never, resources: [component] }),
  )
  const app = cleanup.use(await appProcess(options))
  const sidecar = cleanup.use(
    await daprd({
      app,
      appToken,
      healthCheck,
      logLevel,
      resources: [component, ...resources],
      args: maxConcurrency === undefined ? [] : ['--app-max-concurrency', `${maxConcurrency}`],
    }),
  )
  // Nothing tells when the broker knows a new subscriber of MQTT.
  while (!(await app.handled()).includes('first')) {
    await publish(outside, placed, { number: 0 }, { id: 'first' })
    await Bun.sleep(50)
  }
  const kept = cleanup.move()
  return { app, sidecar, outside, buried, redisUrl, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function startPubsub({ broker, redeliverAfter = 2 }: ShopOptions, cleanup: AsyncDisposableStack) {
  if (broker === 'mqtt3') {
    const server = cleanup.use(await startBroker({ ackWaitSeconds: redeliverAfter }))
    return { component: server.component('pubsub'), redisUrl: undefined }
  }
  const server = cleanup.use(await startRedis())
  // In milliseconds: it takes `2s` for the one, but not for the other, where it silently keeps its default.
  const redelivery = { processingTimeout: redeliverAfter * 1_000, redeliverInterval: 500 }
  return { component: server.component('pubsub', 'pubsub.redis', redelivery), redisUrl: server.url }
}
