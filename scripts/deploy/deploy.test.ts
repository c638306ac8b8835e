import { expect, test } from 'bun:test'
import type { Kubectl } from '../kubernetes/kubectl.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { type DeployOptions, deploy } from './deploy.ts'
import { type Manifest, parseManifests } from './manifest.ts'

const workload = (name: string, extra = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    spec:
      containers:
        - { name: app, image: elysia-dapr-shop/${name} }
        - { name: proxy, image: proxy:1 }
${extra}`

const overlay = [
  workload('cart'),
  workload('orders', '      initContainers: [{ name: migrate, image: elysia-dapr-shop/orders }]\n'),
  'apiVersion: v1\nkind: Secret\nmetadata: { name: token, namespace: shop }\nstringData: { token: private }\n',
].join('---\n')

interface Cluster {
  kubectl: Kubectl
  /** Images of each workload that were applied, in order. */
  applied: string[]
  objects: Map<string, Manifest & { data?: Record<string, string> }>
}

/** Rolls out whatever has none of the broken images. */
function clusterWith({ broken = [], refused }: { broken?: string[]; refused?: string } = {}): Cluster {
  const objects: Cluster['objects'] = new Map()
  const applied: string[] = []
  const kubectl: Kubectl = async (args, { input = '' } = {}) => {
    const [verb, what = '', name = ''] = args
    if (verb === 'kustomize') return overlay
    if (verb === 'logs') return 'no such table'
    if (verb === 'get' && what === 'configmap') return JSON.stringify(objects.get(`${what}/${name}`)) ?? ''
    if (verb === 'get')
      return JSON.stringify({ items: [...objects.values()].flatMap(each => seen(each, broken)) })
    if (args.includes('--dry-run=server')) {
      if (refused !== undefined) throw new ShopError(refused)
      return ''
    }
    for (const manifest of parseManifests(input)) {
      objects.set(`${manifest.kind.toLowerCase()}/${manifest.metadata.name}`, manifest)
      if (manifest.kind === 'Deployment')
        applied.push(`${manifest.metadata.name}: ${imagesOf(manifest).join(' ')}`)
    }
    return ''
  }
  return { kubectl, applied, objects }
}

/** A Deployment and its pod, which ends again and again when one of its images is broken. */
function seen(manifest: Manifest, broken: readonly string[]): object[] {
  const { kind, metadata, spec } = manifest
  if (kind !== 'Deployment') return []
  const { name } = metadata
  const isBroken = imagesOf(manifest).some(image => broken.includes(image))
  const count = isBroken ? 0 : 1
  const status = { replicas: 1, updatedReplicas: 1, availableReplicas: count, readyReplicas: count }
  const owned = (kind: string, name: string, uid: string) => ({
    kind,
    metadata: { name, uid: name, ownerReferences: [{ uid }] },
  })
  const ended = { exitCode: 1, startedAt: '2026-11-27T20:00:20Z', finishedAt: '2026-11-27T20:00:21Z' }
  const app = { name: 'app', ready: false, restartCount: 3, state: { terminated: ended } }
  return [
    { kind, metadata: { name, uid: name }, spec, status },
    owned('ReplicaSet', `${name}-1`, name),
    {
      ...owned('Pod', `${name}-1-a`, `${name}-1`),
      spec: spec?.template?.spec,
      status: { startTime: '2026-11-27T20:00:00Z', containerStatuses: isBroken ? [app] : [] },
    },
  ]
}

function imagesOf(manifest: Manifest | undefined): string[] {
  const { containers = [], initContainers = [] } = Object(manifest?.spec?.template?.spec)
  return [...containers, ...initContainers].map(({ image }) => image)
}

function run({ kubectl }: Cluster, options: Partial<DeployOptions> = {}): Promise<void> {
  const services = ['cart', 'orders']
  const isBefore = async () => true
  const report = () => {}
  const given = {
    overlay: 'o',
    services,
    images: {},
    commit: 'one',
    isBefore,
    timeoutSeconds: 9,
    everyMs: 1,
    report,
  }
  return deploy({ kubectl, ...given, ...options })
}

const first = { cart: 'r/cart@1', orders: 'r/orders@1' }

test('the first time all images have to be given, the next time those that are new', async () => {
  const cluster = clusterWith()
  await expect(run(cluster, { images: { cart: 'r/cart@1' } })).rejects.toThrow(
    'Nothing is deployed: no image of orders is given, and none was deployed before.',
  )
  await run(cluster, { images: first })
  await run(cluster, { images: { orders: 'r/orders@2' }, commit: 'two' })
  expect(cluster.applied).toEqual([
    'cart: r/cart@1 proxy:1',
    'orders: r/orders@1 proxy:1 r/orders@1',
    'cart: r/cart@1 proxy:1',
    'orders: r/orders@2 proxy:1 r/orders@2',
  ])
  const release = cluster.objects.get('configmap/shop-release')?.data
  expect(release).toMatchObject({ commit: 'two', images: '{"cart":"r/cart@1","orders":"r/orders@2"}' })
  expect(release?.manifest).not.toContain('private')
})

test('what does not become ready is named with its reason, and taken back', async () => {
  const cluster = clusterWith({ broken: ['r/orders@2'] })
  await run(cluster, { images: first })
  await expect(run(cluster, { images: { orders: 'r/orders@2' }, commit: 'two' })).rejects.toThrow(
    'Deployment/orders spec.template.spec.containers[app]: container app of Pod/orders-1-a ended with 1, 4 times\n    no such table\nWent back to one, which is healthy.',
  )
  expect(cluster.applied.at(-1)).toBe('orders: r/orders@1 proxy:1 r/orders@1')
  expect(cluster.objects.get('configmap/shop-release')?.data).toMatchObject({ commit: 'one' })
})

test('without anything before it, it stays, and is no release', async () => {
  const cluster = clusterWith({ broken: ['r/orders@1'] })
  await expect(run(cluster, { images: first })).rejects.toThrow(/Nothing was deployed before it/)
  expect(cluster.objects.has('configmap/shop-release')).toBe(false)
})

test('what is broken as well as what was before it is told', async () => {
  const broken: string[] = []
  const cluster = clusterWith({ broken })
  await run(cluster, { images: first })
  broken.push('r/cart@1')
  await expect(run(cluster, { images: { orders: 'r/orders@2' } })).rejects.toThrow(
    /Going back to one failed too: Deployment\/cart spec/,
  )
})

test('a field that the server refuses changes nothing', async () => {
  const cluster = clusterWith({ refused: 'unknown field "spec.x"' })
  await run(cluster, { images: first })
  await expect(run(cluster, { images: { cart: 'r/cart@2' } })).rejects.toThrow('unknown field "spec.x"')
  expect(cluster.applied).toHaveLength(2)
})

test('an older commit changes nothing', async () => {
  const cluster = clusterWith()
  await run(cluster, { images: first, commit: 'newer' })
  const older = run(cluster, { images: { cart: 'r/cart@0' }, commit: 'older', isBefore: async () => false })
  await expect(older).rejects.toThrow('Nothing is deployed: newer runs, which older does not build on.')
  expect(cluster.applied).toHaveLength(2)
})

test('a release that answers an error is taken back; a single bad answer is not the end', async () => {
  const answers = [200, 503, 200, 200, 200, 200, 200]
  using edge = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response('', { status: answers.shift() ?? 500 }),
  })
  const url = `http://127.0.0.1:${edge.port}/`
  const cluster = clusterWith()
  await run(cluster, { images: first, url })
  expect(answers).toEqual([])
  await expect(run(cluster, { images: { cart: 'r/cart@2' }, commit: 'two', url })).rejects.toThrow(
    `${url} does not answer well: answered 500\nWent back to one, which is healthy.`,
  )
  expect(cluster.applied.at(-2)).toBe('cart: r/cart@1 proxy:1')
})

test('an overlay without a service of the shop is told before anything is applied', async () => {
  const cluster = clusterWith()
  await expect(run(cluster, { services: ['cart', 'orders', 'gateway'], images: first })).rejects.toThrow(
    /no workload with a container 'app' of gateway/,
  )
  expect(cluster.applied).toEqual([])
})
