import type { Kubectl } from './kubectl.ts'

/** What a rollout is judged by: the objects of a namespace, as Kubernetes returns them, with the fields that are read. */
export interface ClusterState {
  workloads: Workload[]
  replicaSets: ReplicaSet[]
  pods: Pod[]
  claims: Claim[]
  events: ClusterEvent[]
}

export interface Metadata {
  name: string
  uid: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  annotations?: Record<string, string>
  ownerReferences?: { uid: string }[]
}

export interface Workload {
  kind: string
  metadata: Metadata
  spec: {
    replicas?: number
    template: { metadata?: { annotations?: Record<string, string> }; spec: PodSpec }
    updateStrategy?: { type?: string }
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    currentRevision?: string
    updateRevision?: string
    desiredNumberScheduled?: number
    updatedNumberScheduled?: number
    numberAvailable?: number
    conditions?: Condition[]
  }
}

export interface ReplicaSet {
  kind: 'ReplicaSet'
  metadata: Metadata
  status?: { conditions?: Condition[] }
}

export interface Pod {
  kind: 'Pod'
  metadata: Metadata
  spec: PodSpec
  status: {
    startTime?: string
    conditions?: Condition[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[]
}

export interface Container {
  name: string
  image?: string
  env?: { name: string; valueFrom?: Record<string, { name?: string; key?: string } | undefined> }[]
}

export interface ContainerStatus {
  name: string
  ready: boolean
  restartCount: number
  state: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: Ended }
  lastState?: { terminated?: Ended }
}

/** How a run of a container came to its end. */
export interface Ended {
  exitCode: number
  reason?: string
  message?: string
  startedAt?: string
  finishedAt?: string
}

export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export interface Claim {
  kind: 'PersistentVolumeClaim'
  metadata: Metadata
  spec: { storageClassName?: string }
  status?: { phase?: string }
}

export interface ClusterEvent {
  kind: 'Event'
  metadata: Metadata
  involvedObject: { uid?: string; fieldPath?: string }
  reason: string
  message: string
  lastTimestamp?: string | null
  eventTime?: string | null
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet']

const kinds = 'deployments,statefulsets,daemonsets,replicasets,pods,persistentvolumeclaims,events'

/** @throws ShopError of kubectl, for one when the cluster does not answer */
export async function readClusterState(
  kubectl: Kubectl,
  namespace: string,
  signal?: AbortSignal,
): Promise<ClusterState> {
  const get = ['get', kinds, '--namespace', namespace, '--output', 'json', '--request-timeout', '10s']
  return clusterState(JSON.parse(await kubectl(get, { signal })).items)
}

export function clusterState(items: readonly { kind: string }[]): ClusterState {
  const of = <Item>(...names: string[]) =>
    items.filter(({ kind }) => names.includes(kind)) as unknown as Item[]
  return {
    workloads: of<Workload>(...workloadKinds),
    replicaSets: of<ReplicaSet>('ReplicaSet'),
    pods: of<Pod>('Pod'),
    claims: of<Claim>('PersistentVolumeClaim'),
    events: of<ClusterEvent>('Event').sort((a, b) => timeOf(a) - timeOf(b)),
  }
}

/** The newest event of an object that has one of the reasons. */
export function lastEvent(
  { events }: ClusterState,
  { metadata }: { metadata: Metadata },
  ...reasons: string[]
): ClusterEvent | undefined {
  return events.findLast(
    ({ involvedObject, reason }) => involvedObject.uid === metadata.uid && reasons.includes(reason),
  )
}

function timeOf({ lastTimestamp, eventTime, metadata }: ClusterEvent): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0
}
