import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workload } from '../../scripts/kubernetes/cluster-state.ts'
import { readKept, replayedText, replayLetters } from '../../scripts/operations/dead-letters.ts'
import type { Operated } from '../../scripts/operations/operator.ts'
import { sidecarName } from '../../scripts/supervisor/processes/part.ts'
import type { AnyShop } from '../shop/any-shop.ts'
import { inPostgres } from '../shop/broken-fulfilment.ts'
import { provider } from '../shop/checkouts.ts'
import type { Kept } from '../shop/letters.ts'
import { runDemo } from '../shop/run-demo.ts'
import type { Servers, World } from '../swap/world.ts'
import type { App, Cluster } from './cluster.ts'
import { databaseOn } from './database.ts'
import { cutOff, killPods, killSidecars } from './kill.ts'
import { startClusterProbe } from './probe.ts'

/** Ports of an injected sidecar, and of the stand-in for the provider. */
const ports = { dapr: 3500, metrics: 9090, provider: 8513 }

/** What rows do to a shop on a cluster: its parts are pods, each an app with its sidecar. */
export function clusterWorld(
  cluster: Cluster,
  { gateway, ...more }: Pick<World, 'signal' | 'cleanup'> & { gateway: string },
): World {
  const { apps, pods, askPod } = cluster
  const database = databaseOn(cluster)
  const shop = shopOn(cluster, gateway)
  const held = new Set<() => Promise<void>>()
  const repair = () => database.execute('inventory', inPostgres.repair)

  async function metrics(app: string): Promise<string[]> {
    const found = await pods(app)
    const texts = found.map(async ({ metadata }) => {
      const answer = await askPod(metadata.name, ports.metrics, '/metrics')
      return await answer.text()
    })
    return await Promise.all(texts)
  }

  return {
    ...more,
    set: 'kubernetes',
    shop,
    // a namespace has no end that a row could wait for
    life: new Promise(() => undefined),
    parts: async () => (await apps()).flatMap(({ name }) => [name, sidecarName(name)]),
    servers: behind => serversOf(cluster, behind),
    async kill(name) {
      const withSidecar = (await apps()).find(app => sidecarName(app.name) === name)
      if (withSidecar) return await killSidecars(cluster, withSidecar.name)
      await killPods(cluster, name)
    },
    cutOff: async service => await cutOff(cluster, await pods(service)),
    async hold(service) {
      const [name, table] = changedBy[service]
      const release = await database.lock(name, table)
      held.add(release)
      return async () => {
        held.delete(release)
        await release()
      }
    },
    fulfilment: { break: () => database.execute('inventory', inPostgres.break), repair },
    async replayLetters() {
      const results = await replayLetters(await operated(cluster), undefined)
      if (results.some(({ failed }) => failed.length > 0)) throw new Error(replayedText(results))
    },
    metrics,
    async sidecarMemory() {
      const texts = await Promise.all((await apps()).map(({ name }) => metrics(name)))
      return texts.flat().reduce((sum, text) => sum + residentIn(text), 0)
    },
    startProbe: () => startClusterProbe(cluster, more.cleanup),
    async demo() {
      // a home where no other shop runs: the gateway is where its port says
      const home = join(tmpdir(), `no-shop-${crypto.randomUUID()}`)
      const { child, result } = runDemo({ home, offset: 0, env: { GATEWAY_PORT: new URL(gateway).port } })
      more.cleanup.defer(() => child.kill())
      return await result
    },
    async calm() {
      for (const release of held) await release().catch(() => undefined)
      held.clear()
      await Promise.allSettled([provider(shop).goOn(), repair()])
    },
  }
}

/** Where a service keeps what it changes: database and table. */
const changedBy = { inventory: ['inventory', 'reservations'], shipping: ['shipments', 'state'] } as const

function shopOn(cluster: Cluster, gateway: string): AnyShop {
  return {
    gateway,
    async askSidecar(app, path, body) {
      const headers = {
        'dapr-api-token': await cluster.secret('dapr-api-token', 'token'),
        'content-type': 'application/json',
      }
      const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return await cluster.ask(app, ports.dapr, path, { headers, ...request })
    },
    async askProvider(method, path, body) {
      const headers = {
        authorization: await cluster.secret('payment-provider-key'),
        'content-type': 'application/json',
      }
      const request = body === undefined ? {} : { body: JSON.stringify(body) }
      return await cluster.ask('payment-provider', ports.provider, path, { method, headers, ...request })
    },
    kept: async () => (await readKept(await operated(cluster))) as Kept,
  }
}

/** The services that speak HTTP, asked past their sidecars on the loopback of their pods. */
async function operated(cluster: Cluster): Promise<Operated[]> {
  const token = await cluster.secret('app-api-token', 'token')
  const headers = { 'dapr-api-token': token, 'content-type': 'application/json' }
  const ask = ({ name, port }: App): Operated => ({
    name,
    async ask(path, body) {
      const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const answer = await cluster.ask(name, port, path, { headers, ...request })
      return { status: answer.status, body: await answer.json().catch(() => undefined) }
    },
  })
  return (await cluster.apps()).filter(({ protocol }) => protocol === 'http').map(ask)
}

interface Component {
  metadata: { name: string }
  spec: { type: string }
}

/** StatefulSets of the namespace that components lean on: each has the name of its server. */
async function serversOf({ list }: Cluster, behind: 'events' | 'states'): Promise<Servers> {
  const running = (await list<Workload>('statefulsets')).map(({ metadata }) => metadata.name)
  const components = await list<Component>('components.dapr.io')
  const behindAll = (kind: string) => {
    const vendors = components.flatMap(({ spec }) =>
      spec.type.startsWith(`${kind}.`) ? [spec.type.slice(kind.length + 1)] : [],
    )
    return running.filter(name => vendors.some(vendor => vendor.startsWith(name)))
  }
  const brokers = behindAll('pubsub')
  if (behind === 'events') return { names: brokers, none: 'the broker was given' }
  const servers = behindAll('state')
  return {
    names: servers.filter(name => !brokers.includes(name)),
    none: servers.length > 0 ? 'is the broker' : 'the server was given',
  }
}

/** A gauge without labels. Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics */
function residentIn(text: string): number {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1] ?? 0)
}
