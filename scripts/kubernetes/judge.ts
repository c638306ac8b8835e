import { type ClusterState, lastEvent, type Workload } from './cluster-state.ts'
import { judgeContainer, type Logs, type Surroundings } from './judge-container.ts'
import { judgePlacement } from './judge-placement.ts'
import { keyOf, type Problem } from './problem.ts'
import {
  isObserved,
  isRolledOut,
  nameOf,
  newestReplicaSet,
  podsOf,
  statusesOf,
  wantsSidecar,
} from './workload-status.ts'

/** What keeps workloads of a namespace from becoming ready; of several pods that have the same, the one that is surest. */
export function judge(workloads: readonly Workload[], state: ClusterState, logs: Logs): Problem[] {
  const readyMs = serversReadyMs(workloads, state)
  const problems = workloads
    .filter(each => isObserved(each) && !isRolledOut(each))
    .flatMap(each => {
      // a server waits for nobody
      const surroundings = { logs, serversReadyMs: wantsSidecar(each) ? readyMs : 0 }
      return judgeWorkload(each, state, surroundings)
    })
  const surestLast = problems.toSorted((a, b) => b.graceSeconds - a.graceSeconds)
  return [...new Map(surestLast.map(each => [keyOf(each), each])).values()]
}

function judgeWorkload(workload: Workload, state: ClusterState, surroundings: Surroundings): Problem[] {
  const pods = podsOf(workload, state)
  return [
    ...refusedPods(workload, state, pods.length),
    ...pods.flatMap(pod => {
      const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name)
      if (wantsSidecar(workload) && !names.includes('daprd')) return [withoutSidecar(workload)]
      return [
        ...judgePlacement(workload, pod, state),
        ...statusesOf(pod).flatMap(status => judgeContainer(workload, pod, status, state, surroundings)),
      ]
    }),
  ]
}

/** With failurePolicy Ignore, which is the default of Dapr's chart, this is all that is seen of an injector that is away. */
function withoutSidecar(workload: Workload): Problem {
  return {
    object: nameOf(workload),
    field: 'spec.template.metadata.annotations[dapr.io/enabled]',
    reason:
      "its pods got no container daprd from Dapr's injector; see that dapr-sidecar-injector runs in dapr-system, then restart it",
    graceSeconds: 0,
  }
}

/** Why Kubernetes does not let its controller make pods. */
function refusedPods(workload: Workload, state: ClusterState, pods: number): Problem[] {
  const owner = workload.kind === 'Deployment' ? newestReplicaSet(workload, state) : workload
  const failure = owner?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  )
  // a StatefulSet has no such condition
  const event =
    workload.kind === 'Deployment' || pods > 0 ? undefined : lastEvent(state, workload, 'FailedCreate')
  const message = failure?.message ?? event?.message
  if (message === undefined) return []
  const field = refusedField(message)
  return [{ object: nameOf(workload), field, reason: `no pod is made: ${message}`, graceSeconds: 10 }]
}

/** As in `violates PodSecurity "restricted:latest": … (container "app" must set securityContext.runAsNonRoot=true)`. */
function refusedField(message: string): string | undefined {
  const [, container, field] = /\(container "([^"]+)" must set ([\w.]+)/.exec(message) ?? []
  if (container) return `spec.template.spec.containers[${container}].${field}`
  return /service ?account/i.test(message) ? 'spec.template.spec.serviceAccountName' : undefined
}

/**
 * Since when all workloads without a sidecar are ready: the servers that the others need. Undefined while they are not.
 * In milliseconds since 1970; 0: there are none.
 */
function serversReadyMs(workloads: readonly Workload[], state: ClusterState): number | undefined {
  const servers = workloads.filter(each => !wantsSidecar(each))
  if (!servers.every(isRolledOut)) return undefined
  const ready = servers
    .flatMap(each => podsOf(each, state))
    .flatMap(
      ({ status }) => status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? [],
    )
  return Math.max(0, ...ready.map(time => Date.parse(time)))
}
