import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { publish, topic } from 'elysia-dapr'
import { type Daprd, daprd } from 'elysia-dapr/testing'
import { readComponentTypes } from '../../dapr/install/component-types.ts'
import { obtain } from '../../dapr/install/obtain.ts'
import type { Instance } from '../../scripts/supervisor/session/instance.ts'
import { openedTo, readResources } from './component-set.ts'
import type { Arrival } from './deliveries.ts'
import { type Envelope, type Probe, probeId, probeTopics } from './probe.ts'

const pubsub = 'pubsub'
const own = topic(pubsub, probeId, Type.Object({ key: Type.String(), number: Type.Integer() }))

export interface ProbeOptions {
  /** Folder below `components`. */
  set: string
  instance: Instance
  signal: AbortSignal
  cleanup: AsyncDisposableStack
}

/** An app in this process beside a daprd of its own. */
export async function startLocalProbe({ set, instance, signal, cleanup }: ProbeOptions): Promise<Probe> {
  const { root, home } = instance
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
  const resources = openedTo(await readResources(join(root, 'components', set)), pubsub, probeTopics)
  const sidecar: Daprd = cleanup.use(
    await daprd({
      ...{ appId: probeId, home, binary: paths.daprd, app: { port: app.port ?? 0 } },
      resources: [...resources, join(root, 'dapr/resiliency')],
    }),
  )

  async function publishKey(key: string, numbers: number): Promise<void> {
    for (let number = 1; number <= numbers; number++) {
      sentAt.set(`${key} ${number}`, performance.now())
      await publish(sidecar, own, { key, number }, { metadata: { partitionKey: key } })
    }
  }

  return {
    arrivals,
    orders,
    async publish(keys, numbers) {
      await Promise.all(keys.map(key => publishKey(key, numbers)))
    },
    async hold() {
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
