import type { ClusterState, ContainerStatus, Metadata, Pod, ReplicaSet, Workload } from './cluster-state.ts'

const revision = 'deployment.kubernetes.io/revision'

/** As in `Deployment/orders`. */
export function nameOf({ kind, metadata }: { kind: string; metadata: { name: string } }): string {
  return `${kind}/${metadata.name}`
}

/** Whether its controller has seen what was applied last: before that, its status is of what was before. */
export function isObserved({ metadata, status }: Workload): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
}

/** Whether all of it runs what was applied last, and is ready, and nothing older is left. */
export function isRolledOut(workload: Workload): boolean {
  if (!isObserved(workload)) return false
  const { kind, spec, status = {} } = workload
  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0
    return (status.updatedNumberScheduled ?? 0) >= wanted && (status.numberAvailable ?? 0) >= wanted
  }
  const wanted = spec.replicas ?? 1
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  if (kind === 'Deployment')
    return updatedReplicas >= wanted && replicas <= updatedReplicas && availableReplicas >= updatedReplicas
  const waitsForSomebody = spec.updateStrategy?.type === 'OnDelete'
  return readyReplicas >= wanted && (waitsForSomebody || status.currentRevision === status.updateRevision)
}

/** Of several, the one of what was applied last. */
export function newestReplicaSet(workload: Workload, state: ClusterState): ReplicaSet | undefined {
  const wanted = workload.metadata.annotations?.[revision]
  return state.replicaSets.find(
    each => isOwnedBy(each, workload) && each.metadata.annotations?.[revision] === wanted,
  )
}

/**
 * Its pods that are to stay: of a Deployment, those of the newest ReplicaSet, since what is wrong with older ones is
 * past.
 */
export function podsOf(workload: Workload, state: ClusterState): Pod[] {
  const owner = workload.kind === 'Deployment' ? newestReplicaSet(workload, state) : workload
  if (owner === undefined) return []
  return state.pods.filter(pod => isOwnedBy(pod, owner) && pod.metadata.deletionTimestamp === undefined)
}

export function statusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
}

/** Whether Dapr's injector is to give its pods a sidecar. */
export function wantsSidecar({ spec }: Workload): boolean {
  return spec.template.metadata?.annotations?.['dapr.io/enabled'] === 'true'
}

function isOwnedBy({ metadata }: { metadata: Metadata }, owner: { metadata: Metadata }): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false
}
