import { type ClusterState, lastEvent, type Pod, type Workload } from './cluster-state.ts'
import type { Problem } from './problem.ts'
import { nameOf } from './workload-status.ts'

/** What keeps a pod from a node, and its volumes and its network from the pod. */
export function judgePlacement(workload: Workload, pod: Pod, state: ClusterState): Problem[] {
  const scheduled = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') return [unscheduled(workload, pod, scheduled.message ?? '', state)]
  const isStarted = pod.status.containerStatuses?.some(({ state }) => state.running ?? state.terminated)
  if (isStarted) return []
  const mount = lastEvent(state, pod, 'FailedMount', 'FailedAttachVolume')
  if (mount) {
    const [, volume] = /volume "([^"]+)"/.exec(mount.message) ?? []
    const field = volume && `spec.template.spec.volumes[${volume}]`
    return [{ object: nameOf(workload), field, reason: mount.message, graceSeconds: 20 }]
  }
  const sandbox = lastEvent(state, pod, 'FailedCreatePodSandBox')
  return sandbox ? [{ object: nameOf(pod), reason: sandbox.message, graceSeconds: 40 }] : []
}

function unscheduled(workload: Workload, pod: Pod, message: string, state: ClusterState): Problem {
  const reason = `no node takes its pod: ${message}`
  for (const { name, persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue
    const { claimName } = persistentVolumeClaim
    const claim = state.claims.find(({ metadata }) => metadata.name === claimName)
    if (claim === undefined) {
      const field = `spec.template.spec.volumes[${name}].persistentVolumeClaim`
      return { object: nameOf(workload), field, reason, graceSeconds: 20 }
    }
    // one that waits for its first pod is bound once there is a node for it
    const event = lastEvent(state, claim, 'ProvisioningFailed', 'FailedBinding', 'ExternalProvisioning')
    if (claim.status?.phase === 'Bound' || event === undefined) continue
    return {
      object: nameOf(claim),
      field: 'spec.storageClassName',
      reason: `no volume is bound to it (class ${claim.spec.storageClassName ?? 'by default, and there is none'}): ${event.message}`,
      graceSeconds: event.reason === 'ExternalProvisioning' ? 40 : 20,
    }
  }
  // the cluster gets one more node
  const isGrowing = lastEvent(state, pod, 'TriggeredScaleUp', 'Nominated') !== undefined
  const field = /Insufficient/.test(message)
    ? 'spec.template.spec.containers[*].resources.requests'
    : undefined
  return { object: nameOf(workload), field, reason, graceSeconds: isGrowing ? Infinity : 40 }
}
