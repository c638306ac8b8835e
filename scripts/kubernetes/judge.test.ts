import { expect, test } from 'bun:test'
import { clusterState } from './cluster-state.ts'
import { judge } from './judge.ts'
import { formatProblem } from './problem.ts'

const annotations = { 'dapr.io/enabled': 'true', 'dapr.io/api-token-secret': 'dapr-api-token' }
const token = (name: string) => ({
  name: 'DAPR_API_TOKEN',
  valueFrom: { secretKeyRef: { name, key: 'token' } },
})
const app = { name: 'app', image: 'r/orders:2', env: [token('dapr-api-token')] }
const daprd = { name: 'daprd', image: 'daprio/daprd:1.18.2', env: [token('dapr-api-token')] }

interface Given {
  /** Statuses of the containers of the pod. */
  app?: object
  daprd?: object
  pod?: object
  spec?: object
  replicaSet?: object
  /** Of the template of the Deployment. */
  annotations?: object
  /** Further objects. */
  others?: { kind: string; [key: string]: unknown }[]
  logs?: [string, string][]
}

const running = { running: { startedAt: '2026-11-27T20:00:01Z' } }

/** A Deployment in the middle of its second rollout: a pod of the first one, which is broken too, is none of its concern. */
function problems(given: Given): string[] {
  const status = (name: string, state: object) => ({ name, ready: false, restartCount: 0, state, ...state })
  const owned = (kind: string, name: string, owner: string) => ({
    kind,
    metadata: { name, uid: name, ownerReferences: [{ uid: owner }] },
  })
  const revision = (number: string) => ({ annotations: { 'deployment.kubernetes.io/revision': number } })
  const replicaSet = (name: string, number: string) => {
    const { kind, metadata } = owned('ReplicaSet', name, 'orders')
    return { kind, metadata: { ...metadata, ...revision(number) } }
  }
  const old = {
    ...owned('Pod', 'orders-1-a', 'orders-1'),
    spec: { containers: [app] },
    status: { containerStatuses: [status('app', { waiting: { reason: 'ErrImagePull', message: 'old' } })] },
  }
  const pod = {
    ...owned('Pod', 'orders-2-a', 'orders-2'),
    spec: { containers: [app, daprd], ...given.spec },
    status: {
      startTime: '2026-11-27T20:00:00Z',
      containerStatuses: [status('app', given.app ?? running), status('daprd', given.daprd ?? running)],
      ...given.pod,
    },
  }
  const deployment = {
    kind: 'Deployment',
    metadata: { name: 'orders', uid: 'orders', generation: 2, ...revision('2') },
    spec: {
      template: { metadata: { annotations: given.annotations ?? annotations }, spec: { containers: [app] } },
    },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
  }
  const pods = given.replicaSet ? [old] : [old, pod]
  const sets = [replicaSet('orders-1', '1'), { ...replicaSet('orders-2', '2'), ...given.replicaSet }]
  const state = clusterState([deployment, ...sets, ...pods, ...(given.others ?? [])])
  return judge(state.workloads, state, new Map(given.logs)).map(
    each => `${each.graceSeconds} s: ${formatProblem(each)}`,
  )
}

const image = 'spec.template.spec.containers[app].image'

function eventOf(uid: string, reason: string, message: string) {
  return { kind: 'Event', metadata: { name: 'e', uid: 'e' }, involvedObject: { uid }, reason, message }
}

test('a rollout that goes on has no problem, whatever pods of the one before it say', () => {
  expect(problems({})).toEqual([])
  expect(problems({ app: { waiting: { reason: 'ContainerCreating' } } })).toEqual([])
})

test('an image that cannot be had is named with its field and why; a registry that does not answer gets longer', () => {
  const pull = (why: string) => ({
    waiting: {
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "r/orders:2": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "r/orders:2": ${why}`,
    },
  })
  expect(problems({ app: pull('r/orders:2: not found') })).toEqual([
    `10 s: Deployment/orders ${image}: the image r/orders:2 cannot be had: r/orders:2: not found`,
  ])
  expect(problems({ app: pull('dial tcp: i/o timeout') })).toEqual([
    `20 s: Deployment/orders ${image}: the image r/orders:2 cannot be had: dial tcp: i/o timeout`,
  ])
  const never = {
    reason: 'ErrImageNeverPull',
    message: 'Container image "r/orders:2" is not present with pull policy of Never',
  }
  expect(problems({ app: { waiting: never } })).toEqual([
    `10 s: Deployment/orders ${image}: the image r/orders:2 cannot be had: ${never.message}`,
  ])
})

test('where the back-off does not say why, the event does', () => {
  const event = eventOf(
    'orders-2-a',
    'Failed',
    'Failed to pull image "r/orders:2": rpc error: code = Unknown desc = denied',
  )
  const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "r/orders:2"' }
  expect(problems({ app: { waiting }, others: [event] })).toEqual([
    `10 s: Deployment/orders ${image}: the image r/orders:2 cannot be had: denied`,
  ])
})

test('of a missing secret or key, the field that refers to it is named: for the sidecar, the annotation', () => {
  const waiting = { reason: 'CreateContainerConfigError', message: 'secret "dapr-api-token" not found' }
  expect(problems({ app: { waiting }, daprd: { waiting } })).toEqual([
    `10 s: Deployment/orders spec.template.spec.containers[app].env[DAPR_API_TOKEN].valueFrom.secretKeyRef: ${waiting.message}`,
    `10 s: Deployment/orders spec.template.metadata.annotations[dapr.io/api-token-secret]: ${waiting.message}`,
  ])
  const message = "couldn't find key token in Secret shop/dapr-api-token"
  expect(problems({ app: { waiting: { ...waiting, message } } })).toEqual([
    `10 s: Deployment/orders spec.template.spec.containers[app].env[DAPR_API_TOKEN].valueFrom.secretKeyRef: ${message}`,
  ])
  const root = 'container has runAsNonRoot and image will run as root'
  expect(problems({ app: { waiting: { ...waiting, message: root } } })).toEqual([
    `10 s: Deployment/orders spec.template.spec.containers[app]: ${root}`,
  ])
})

/** In CrashLoopBackOff after its last run, which began and ended this many seconds after the pod. */
const crashing = (restartCount: number, began: number, ended: number, reason = 'Error') => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 27, 20, 0, seconds)).toISOString()
  return {
    restartCount,
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' },
    lastState: { terminated: { exitCode: 1, reason, startedAt: at(began), finishedAt: at(ended) } },
    state: { waiting: { reason: 'CrashLoopBackOff' } },
  }
}

test('a container that ends is given three runs; then its last lines are told', () => {
  const place = 'Deployment/orders spec.template.spec.containers[app]'
  const once = `Infinity s: ${place}: container app of Pod/orders-2-a ended with 1`
  expect(problems({ app: crashing(1, 2, 4) })).toEqual([`${once}, 2 times`])
  expect(problems({ app: crashing(2, 5, 6) })).toEqual([`${once}, 3 times`])
  const log = '{"level":30,"time":0,"msg":"starting"}\n{"level":60,"msg":"no port","port":8}\n'
  const logs: [string, string][] = [['orders-2-a app 2', log]]
  const [told = ''] = problems({ app: crashing(2, 20, 22), logs })
  expect(told).toStartWith(`0 s: ${place}: container app of Pod/orders-2-a ended with 1, 3 times\n`)
  expect(told).toEndWith('starting\n    fatal no port port=8')
  const killed = crashing(2, 20, 22, 'OOMKilled')
  expect(problems({ app: killed })).toEqual([
    `0 s: ${place}.resources.limits.memory: container app of Pod/orders-2-a used more memory than its limit, 3 times`,
  ])
})

test('what has no sidecar waits for nobody: its third end is final while it is not ready itself', () => {
  expect(problems({ app: crashing(2, 20, 22), annotations: {} })[0]).toStartWith('0 s: Deployment/orders')
})

test('while a server of the namespace starts, sidecars that end without it are not final', () => {
  const failed = 'dial tcp 10.96.0.9:5432: connect: connection refused'
  const log = JSON.stringify({
    level: 'fatal',
    msg: `Fatal error from runtime: process component carts error: [INIT_COMPONENT_FAILURE]: initialization error occurred for carts (state.postgresql/v2): [INIT_COMPONENT_FAILURE]: initialization error occurred for carts (state.postgresql/v2): ${failed}`,
  })
  const server = (readyReplicas: number) => ({
    kind: 'StatefulSet',
    metadata: { name: 'postgres', uid: 'postgres' },
    spec: { template: { spec: { containers: [] } } },
    status: { readyReplicas },
  })
  const ready = (second: number) => ({
    kind: 'Pod',
    metadata: { name: 'postgres-0', uid: 'postgres-0', ownerReferences: [{ uid: 'postgres' }] },
    spec: { containers: [] },
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: `2026-11-27T20:00:${second}Z` }],
    },
  })
  const logs: [string, string][] = [['orders-2-a daprd 2', log]]
  const grace = (...others: Given['others'] & object) =>
    problems({ daprd: crashing(2, 20, 25), logs, others }).map(line => line.slice(0, line.indexOf(':')))
  expect(grace(server(0))).toEqual(['Infinity s'])
  expect(grace(server(1), ready(18))).toEqual(['Infinity s'])
  expect(grace(server(1), ready(10))).toEqual(['0 s'])
  expect(problems({ daprd: crashing(2, 20, 25), logs })).toEqual([
    `0 s: Component/carts spec.metadata: state.postgresql/v2 does not come up: ${failed} (container daprd of Pod/orders-2-a ended with 1, 3 times)`,
  ])
})

test('a component that Dapr does not know and a secret that is not there are final at the first end of the sidecar', () => {
  const first = (msg: string) => problems({ daprd: crashing(0, 1, 2), logs: [['orders-2-a daprd 0', msg]] })
  expect(
    first(
      'time="…" level=fatal msg="Fatal error from runtime: process component pubsub error: [INIT_COMPONENT_FAILURE]: initialization error occurred for pubsub (pubsub.rabbitmk/v1): [CREATE_COMPONENT_FAILURE]: initialization error occurred for pubsub (pubsub.rabbitmk/v1): couldn\'t find message bus pubsub.rabbitmk/v1"',
    ),
  ).toEqual([
    `0 s: Component/pubsub spec.type: Dapr knows no such type: couldn't find message bus pubsub.rabbitmk/v1 (container daprd of Pod/orders-2-a ended with 1)`,
  ])
  expect(
    first(
      '{"level":"fatal","msg":"Fatal error from runtime: failed to load components: rpc error: code = Unknown desc = Secret \\"rabbitmq-url\\" not found"}',
    ),
  ).toEqual([
    '0 s: Secret/rabbitmq-url: there is no such secret, and a component refers to it (container daprd of Pod/orders-2-a ended with 1)',
  ])
})

test('a pod without the sidecar that its annotation asks for is told at once', () => {
  expect(problems({ spec: { containers: [app] } })).toEqual([
    "0 s: Deployment/orders spec.template.metadata.annotations[dapr.io/enabled]: its pods got no container daprd from Dapr's injector; see that dapr-sidecar-injector runs in dapr-system, then restart it",
  ])
})

test('pods that are refused are told with the field that pod security names', () => {
  const message =
    'pods "orders-2-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)'
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }]
  expect(problems({ replicaSet: { status: { conditions } } })).toEqual([
    `10 s: Deployment/orders spec.template.spec.containers[app].securityContext.allowPrivilegeEscalation: no pod is made: ${message}`,
  ])
})

test('what cannot even be started is told with what the runtime says, whether it is tried at the moment or not', () => {
  const message = 'failed to create task: exec: "/none": no such file or directory'
  const place = '20 s: Deployment/orders spec.template.spec.containers[app]'
  const terminated = { exitCode: 128, reason: 'StartError', message }
  const backOff = { waiting: { reason: 'CrashLoopBackOff' } }
  expect(problems({ app: { ...backOff, state: backOff, lastState: { terminated } } })).toEqual([
    `${place}: ${message}`,
  ])
  expect(problems({ app: { waiting: { reason: 'RunContainerError', message } } })).toEqual([
    `${place}: RunContainerError: ${message}`,
  ])
})

const unscheduled = (message: string) => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  containerStatuses: [],
})

test('a pod that no node takes is told, unless the cluster grows for it', () => {
  const pod = unscheduled('0/1 nodes are available: 1 Insufficient cpu.')
  const told = `Deployment/orders spec.template.spec.containers[*].resources.requests: no node takes its pod: 0/1 nodes are available: 1 Insufficient cpu.`
  expect(problems({ pod })).toEqual([`40 s: ${told}`])
  const growing = eventOf('orders-2-a', 'TriggeredScaleUp', 'pod triggered scale-up')
  expect(problems({ pod, others: [growing] })).toEqual([`Infinity s: ${told}`])
})

test('a claim that no volume is bound to is told with its class', () => {
  const pod = unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.')
  const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }] }
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'orders', uid: 'claim' },
    spec: {},
    status: { phase: 'Pending' },
  }
  const event = eventOf(
    'claim',
    'FailedBinding',
    'no persistent volumes available for this claim and no storage class is set',
  )
  expect(problems({ pod, spec: { containers: [app, daprd], ...spec }, others: [claim, event] })).toEqual([
    `20 s: PersistentVolumeClaim/orders spec.storageClassName: no volume is bound to it (class by default, and there is none): ${event.message}`,
  ])
  expect(problems({ pod, spec: { containers: [app, daprd], ...spec } })[0]).toContain(
    'Deployment/orders spec.template.spec.volumes[data].persistentVolumeClaim: no node takes its pod',
  )
})
