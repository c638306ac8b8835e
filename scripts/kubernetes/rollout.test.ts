import { expect, test } from 'bun:test'
import { ShopError } from '../supervisor/shop-error.ts'
import type { Kubectl } from './kubectl.ts'
import { Patience, type Problem } from './problem.ts'
import { type RolloutOptions, rolledOut } from './rollout.ts'

const cart = { kind: 'Deployment', metadata: { name: 'cart' } }
const redis = { kind: 'StatefulSet', metadata: { name: 'redis' } }

function workload({ kind, metadata: { name } }: typeof cart, ready: number, annotations = {}): object {
  return {
    kind,
    metadata: { name, uid: name, generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ name: 'app' }] } } },
    status: {
      ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
      ...{ availableReplicas: ready, readyReplicas: ready },
    },
  }
}

const owned = (kind: string, name: string, uid: string) => ({
  kind,
  metadata: {
    ...{ name, uid: name, ownerReferences: [{ uid }] },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
  },
})

const pod = (status: object) => ({
  ...owned('Pod', 'cart-1-a', 'cart-1'),
  spec: { containers: [{ name: 'app' }] },
  status: { containerStatuses: [{ name: 'app', ready: false, restartCount: 0, ...status }] },
})

/** A cluster that is seen in these states, one after the other; the last one stays. */
function clusterOf(...states: (object[] | ShopError)[]): { kubectl: Kubectl; calls: string[] } {
  const calls: string[] = []
  const kubectl: Kubectl = async ([verb = '', ...args]) => {
    calls.push(verb === 'logs' ? [verb, ...args].join(' ') : verb)
    if (verb === 'logs') return 'the end'
    const state = states.length > 1 ? states.shift() : states[0]
    if (state instanceof ShopError) throw state
    return JSON.stringify({ items: state })
  }
  return { kubectl, calls }
}

const wait = ({ kubectl }: { kubectl: Kubectl }, options: Partial<RolloutOptions> = {}) =>
  rolledOut([cart, redis], { kubectl, namespace: 'shop', timeoutSeconds: 5, everyMs: 1, ...options })

test('each workload is told when it is ready; it ends with the last one', async () => {
  const lines: string[] = []
  const cluster = clusterOf(
    [workload(cart, 0), workload(redis, 0)],
    [workload(cart, 0), workload(redis, 1)],
    [workload(cart, 1), workload(redis, 1)],
  )
  await wait(cluster, { report: line => lines.push(line) })
  expect(lines).toEqual(['ready: StatefulSet/redis (1 of 2)', 'ready: Deployment/cart (2 of 2)'])
})

test('what was ready before the controller has seen what was applied is not ready', async () => {
  const before = workload(cart, 1)
  Object.assign(Object(before).metadata, { generation: 2 })
  await expect(wait(clusterOf([before, workload(redis, 1)]), { timeoutSeconds: 0.05 })).rejects.toThrow(
    'Not ready after 0.05 s: Deployment/cart',
  )
})

test('a pod without its sidecar ends it at once', async () => {
  const sidecar = { 'dapr.io/enabled': 'true' }
  const state = [
    workload(cart, 0, sidecar),
    workload(redis, 1),
    owned('ReplicaSet', 'cart-1', 'cart'),
    pod({ state: {} }),
  ]
  const started = performance.now()
  await expect(wait(clusterOf(state))).rejects.toThrow(
    /^Deployment\/cart spec.template.metadata.annotations\[dapr.io\/enabled\]: its pods got no container daprd/,
  )
  expect(performance.now() - started).toBeLessThan(4_000)
})

test('the log of an ended container is read once for each of its runs, and told when time is up', async () => {
  const terminated = { exitCode: 3, startedAt: '2026-11-27T20:00:00Z', finishedAt: '2026-11-27T20:00:01Z' }
  const state = [
    workload(cart, 0),
    workload(redis, 1),
    owned('ReplicaSet', 'cart-1', 'cart'),
    pod({ state: { terminated } }),
  ]
  const cluster = clusterOf(state)
  await expect(wait(cluster, { timeoutSeconds: 0.1 })).rejects.toThrow(
    'Not ready after 0.1 s: Deployment/cart\nDeployment/cart spec.template.spec.containers[app]: container app of Pod/cart-1-a ended with 3\n    the end',
  )
  expect(cluster.calls.filter(call => call.startsWith('logs'))).toEqual([
    'logs cart-1-a --namespace shop --container app --tail 60',
  ])
})

test('when time is up, a container that runs and is not ready is told with what its probe was answered', async () => {
  const event = {
    ...{ kind: 'Event', metadata: { name: 'e', uid: 'e' }, reason: 'Unhealthy' },
    involvedObject: { uid: 'cart-1-a', fieldPath: 'spec.containers{app}' },
    message: 'Readiness probe failed: 503',
  }
  const set = owned('ReplicaSet', 'cart-1', 'cart')
  const state = [workload(cart, 0), workload(redis, 1), set, pod({ state: { running: {} } }), event]
  await expect(wait(clusterOf(state), { timeoutSeconds: 0.05 })).rejects.toThrow(
    'Not ready after 0.05 s: Deployment/cart\nPod/cart-1-a spec.containers[app]: Readiness probe failed: 503',
  )
})

test('a cluster that does not answer once is asked again; the signal ends it', async () => {
  const ready = [workload(cart, 1), workload(redis, 1)]
  await wait(clusterOf(new ShopError('connection refused'), ready))
  const signal = AbortSignal.timeout(50)
  await expect(wait(clusterOf([workload(cart, 0), workload(redis, 1)]), { signal })).rejects.toThrow(
    /timed out/,
  )
})

test('a problem is for good when it has lasted as long as it may; one that was away begins anew', () => {
  const patience = new Patience()
  const problem = (reason: string): Problem => ({
    object: 'Deployment/cart',
    field: 'spec',
    reason,
    graceSeconds: 10,
  })
  expect(patience.lasting([problem('ErrImagePull')], 0)).toEqual([])
  expect(patience.lasting([problem('ImagePullBackOff')], 9_000)).toEqual([])
  expect(patience.lasting([problem('ImagePullBackOff')], 10_000)).toHaveLength(1)
  expect(patience.lasting([], 11_000)).toEqual([])
  expect(patience.lasting([problem('ErrImagePull')], 12_000)).toEqual([])
  expect(patience.lasting([{ ...problem(''), graceSeconds: Infinity }], 99_000)).toEqual([])
})
