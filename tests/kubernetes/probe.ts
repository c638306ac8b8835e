import { join } from 'node:path'
import { until } from '../shop/shop.ts'
import { type ComponentResource, openedTo } from '../swap/component-set.ts'
import type { Arrival } from '../swap/deliveries.ts'
import { type Envelope, type Probe, probeId, probeTopics } from '../swap/probe.ts'
import { type Cluster, nameLabel, pace } from './cluster.ts'
import { testLabel } from './install/installation.ts'
import { cutOff, untilOthers } from './kill.ts'
import { scriptedPod } from './scripted-pod.ts'

const pubsub = 'swap-pubsub'
const port = 8099
/** Between two looks at what came, in milliseconds. */
const pause = 50

interface Came {
  boot: string
  /** Milliseconds on the clock of the pod. */
  now: number
  arrivals: (Omit<Arrival, 'sentAt'> & { sentAt: number | null })[]
  orders: Envelope[]
}

/** A pod with an injected sidecar of its own, on a copy of the shop's pub/sub component that is open to it alone. */
export async function startClusterProbe(cluster: Cluster, cleanup: AsyncDisposableStack): Promise<Probe> {
  const { run, ask, pods } = cluster
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await objects(cluster) })
  cleanup.defer(async () => {
    await run(['delete', '--ignore-not-found', '--wait=false', '--filename', '-'], manifest)
  })
  await run(['apply', '--filename', '-'], manifest)
  await until('the probe is ready', async () => (await pods(probeId)).length > 0, 120_000, pace)

  const arrivals: Arrival[] = []
  const orders: Envelope[] = []
  const seen = { boot: '', arrivals: 0, orders: 0 }
  /** What the clock of the pod is ahead of the one here, in milliseconds. */
  let ahead = 0
  let isOpen = true
  let isPaused = false

  async function look(): Promise<void> {
    const query = new URLSearchParams(
      Object.entries(seen).map(([name, value]): [string, string] => [name, `${value}`]),
    )
    const asked = performance.now()
    const came = (await (await ask(probeId, port, `/came?${query}`)).json()) as Came
    ahead = came.now - (asked + performance.now()) / 2
    if (came.boot !== seen.boot) Object.assign(seen, { boot: came.boot, arrivals: 0, orders: 0 })
    arrivals.push(...came.arrivals.map(each => ({ ...each, sentAt: each.sentAt ?? Number.NaN })))
    orders.push(...came.orders)
    seen.arrivals += came.arrivals.length
    seen.orders += came.orders.length
  }

  async function watch(): Promise<void> {
    while (isOpen) {
      if (!isPaused) await look().catch(() => undefined)
      await Bun.sleep(pause)
    }
  }
  const watching = watch()
  cleanup.defer(async () => {
    isOpen = false
    await watching
  })

  async function tell(path: string, body?: unknown): Promise<void> {
    const answer = await ask(probeId, port, path, { method: 'POST', body: JSON.stringify(body ?? {}) })
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  }

  return {
    arrivals,
    orders,
    publish: (keys, numbers) => tell('/publish', { keys, numbers }),
    hold: () => tell('/hold'),
    async kill() {
      isPaused = true
      await tell('/end')
      await look()
      const before = await pods(probeId)
      const killedAt = performance.now() + ahead
      await cutOff(cluster, before)
      await untilOthers(cluster, probeId, before)
      isPaused = false
      return killedAt
    },
  }
}

async function objects(cluster: Cluster): Promise<object[]> {
  const { list, apps } = cluster
  const labels = { [nameLabel]: probeId, [testLabel]: 'true', 'app.kubernetes.io/part-of': 'shop' }
  const components = await list<ComponentResource>('components.dapr.io')
  const shared = components.find(({ metadata }) => metadata.name === 'pubsub')
  const image = (await apps()).find(({ name }) => name === 'orders')?.image ?? ''
  if (!shared) throw new Error('there is no component pubsub')
  const opened = openedTo([shared], 'pubsub', probeTopics)[0] as ComponentResource & { auth?: object }
  const script = await Bun.file(join(import.meta.dir, 'probe-app.ts')).text()
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: probeId, labels }, data: { 'app.ts': script } },
    {
      ...{ apiVersion: opened.apiVersion, kind: opened.kind, metadata: { name: pubsub, labels } },
      ...{ spec: opened.spec, auth: opened.auth, scopes: [probeId] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: probeId, labels },
      // where the broker is, its component knows
      spec: { podSelector: { matchLabels: { [nameLabel]: probeId } }, policyTypes: ['Egress'], egress: [{}] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: probeId, labels },
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: { [nameLabel]: probeId } },
        template: {
          metadata: {
            labels,
            annotations: {
              'dapr.io/enabled': 'true',
              'dapr.io/app-id': probeId,
              'dapr.io/app-port': `${port}`,
              'dapr.io/api-token-secret': 'dapr-api-token',
              'dapr.io/enable-app-health-check': 'true',
              'dapr.io/app-health-check-path': '/healthz',
              'dapr.io/disable-builtin-k8s-secret-store': 'true',
              'dapr.io/sidecar-cpu-request': '10m',
              'dapr.io/sidecar-memory-request': '64Mi',
              'dapr.io/sidecar-seccomp-profile-type': 'RuntimeDefault',
            },
          },
          spec: scriptedPod({ image, configMap: probeId, env: { APP_PORT: `${port}` } }),
        },
      },
    },
  ]
}
