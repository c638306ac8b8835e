import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { publish, topic } from 'elysia-dapr'
import { type Daprd, daprd } from 'elysia-dapr/testing'
import { readComponentTypes } from '../../dapr/install/component-types.ts'
import { obtain } from '../../dapr/install/obtain.ts'
import { openedTo, readResources } from './component-set.ts'
import type { Arrival } from './deliveries.ts'
import { perWorld, type World } from './world.ts'

/** An event of the shop, as its consumers get it. */
export interface Envelope {
  id: string
  source: string
  data: { type: string; orderId: string; version: number }
}

/** One more consumer beside the shop's own, on the components of its set. */
export interface Probe {
  /** The probe's own events in the order of their arrival, again when they come again. */
  arrivals: Arrival[]
  /** The events of the shop's orders that came, again when they come again. */
  orders: Envelope[]
  /** Publishes as the shop does: those of one key after each other, the keys beside each other. */
  publish(keys: readonly string[], numbers: number): Promise<void>
  /** Leaves each event from now on unanswered. */
  hold(): void
  /** Kills the sidecar with SIGKILL and starts it again; from then on events are answered at once. @returns when it was killed */
  kill(): Promise<number>
}

const appId = 'swap-probe'
const pubsub = 'pubsub'
const own = topic(pubsub, 'swap-probe', Type.Object({ key: Type.String(), number: Type.Integer() }))

export const probeOf: (world: World) => Promise<Probe> = perWorld(startProbe)

async function startProbe({ set, shop, signal, cleanup }: World): Promise<Probe> {
  const { root, home } = shop.instance
  const arrivals: Arrival[] = []
  const orders: Envelope[] = []
  const sentAt = new Map<string, number>()
  let isHolding = false
  const done = () => Response.json({ status: 'SUCCESS' })

  const app = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 60,
    routes: {
      '/dapr/subscribe': () =>
        Response.json([
          { pubsubname: pubsub, topic: own.name, route: '/own' },
          { pubsubname: pubsub, topic: 'orders', route: '/orders' },
        ]),
      '/own': async request => {
        const { data } = (await request.json()) as { data: { key: string; number: number } }
        const at = performance.now()
        arrivals.push({ ...data, at, sentAt: sentAt.get(`${data.key} ${data.number}`) ?? Number.NaN })
        return isHolding ? await new Promise<Response>(() => undefined) : done()
      },
      '/orders': async request => {
        orders.push((await request.json()) as Envelope)
        return done()
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  })
  cleanup.defer(() => app.stop(true))
  const components = await readComponentTypes(root)
  const { paths } = await obtain(['daprd'], { components, signal, report: () => undefined })
  const resources = openedTo(await readResources(join(root, 'components', set)), pubsub, {
    appId,
    publishes: [own.name],
    subscribes: [own.name, 'orders'],
  })
  const sidecar: Daprd = cleanup.use(
    await daprd({
      ...{ appId, home, binary: paths.daprd, app: { port: app.port ?? 0 } },
      resources: [...resources, join(root, 'dapr/resiliency')],
    }),
  )

  async function publishKey(key: string, numbers: number): Promise<void> {
    for (let number = 1; number <= numbers; number++) {
      sentAt.set(`${key} ${number}`, performance.now())
      await publish(sidecar, own, { key, number })
    }
  }

  return {
    arrivals,
    orders,
    async publish(keys, numbers) {
      await Promise.all(keys.map(key => publishKey(key, numbers)))
    },
    hold() {
      isHolding = true
    },
    async kill() {
      const killedAt = performance.now()
      await sidecar.kill()
      isHolding = false
      await sidecar.restart()
      return killedAt
    },
  }
}
