import {
  type ClusterState,
  type ContainerStatus,
  type Ended,
  lastEvent,
  type Pod,
  type Workload,
} from './cluster-state.ts'
import { explainEnd } from './explain-end.ts'
import type { Problem } from './problem.ts'
import { nameOf } from './workload-status.ts'

/** The last lines of containers that have ended, by `logKey`. */
export type Logs = ReadonlyMap<string, string>

export interface Surroundings {
  logs: Logs
  /** Since when the servers that others need are ready, in milliseconds since 1970. Undefined: they are not. */
  serversReadyMs: number | undefined
}

const imageReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]

/** The log of one run of a container. */
export function logKey({ metadata }: Pod, { name, restartCount }: ContainerStatus): string {
  return `${metadata.uid} ${name} ${restartCount}`
}

/** How its last run came to its end, while there is no other one. */
export function endOf({ state, lastState }: ContainerStatus): Ended | undefined {
  if (state.terminated) return state.terminated
  return state.waiting?.reason === 'CrashLoopBackOff' ? lastState?.terminated : undefined
}

export function judgeContainer(
  workload: Workload,
  pod: Pod,
  status: ContainerStatus,
  state: ClusterState,
  surroundings: Surroundings,
): Problem[] {
  const { reason = '', message = '' } = status.state.waiting ?? {}
  if (imageReasons.includes(reason)) return [withoutImage(workload, pod, status, state)]
  if (reason === 'CreateContainerConfigError') return [misconfigured(workload, pod, status.name, message)]
  if (reason === 'CreateContainerError' || reason === 'RunContainerError')
    return [{ ...placeOf(workload, pod, status.name), reason: `${reason}: ${message}`, graceSeconds: 20 }]
  const end = endOf(status)
  if (end === undefined || isDone(pod, status.name, end)) return []
  if (end.reason === 'StartError')
    return [{ ...placeOf(workload, pod, status.name), reason: end.message ?? end.reason, graceSeconds: 20 }]
  return [crashed(workload, pod, status, end, surroundings)]
}

function withoutImage(
  workload: Workload,
  pod: Pod,
  { name, state }: ContainerStatus,
  cluster: ClusterState,
): Problem {
  const { reason = '', message = '' } = state.waiting ?? {}
  const image = containerOf(pod, name)?.image ?? ''
  const told = /ErrImagePull: /.test(message) || reason !== 'ImagePullBackOff'
  const why = tidy((told ? message : lastEvent(cluster, pod, 'Failed')?.message) ?? message)
  const mayPass = /timeout|timed out|connection|temporar|too many requests|unavailable|EOF|50\d /i.test(why)
  const hint =
    name === 'daprd' ? " (from the values global.registry and global.tag of Dapr's Helm chart)" : ''
  return {
    ...placeOf(workload, pod, name, 'image'),
    reason: `the image ${image}${hint} cannot be had: ${why}`,
    graceSeconds: mayPass ? 20 : 10,
  }
}

function tidy(message: string): string {
  return message
    .replace(/^Back-off pulling image "[^"]*": /, '')
    .replace(/^ErrImagePull: /, '')
    .replace(/^.*?\bdesc = /s, '')
    .replace(/failed to pull and unpack image "[^"]*": /, '')
}

function misconfigured(workload: Workload, pod: Pod, name: string, message: string): Problem {
  const [, kind, missing] =
    /^(secret|configmap) "([^"]+)" not found/i.exec(message) ??
    /^couldn't find key \S+ in (Secret|ConfigMap) [^/]+\/(\S+)/.exec(message) ??
    []
  const reference = kind?.toLowerCase() === 'secret' ? 'secretKeyRef' : 'configMapKeyRef'
  const variables = containerOf(pod, name)?.env ?? []
  const variable = variables.find(({ valueFrom }) => valueFrom?.[reference]?.name === missing)
  const place = { ...placeOf(workload, pod, name), reason: message, graceSeconds: 10 }
  if (missing === undefined) return place
  const annotation = Object.entries(workload.spec.template.metadata?.annotations ?? {}).find(
    ([, value]) => name === 'daprd' && value === missing,
  )
  if (annotation) {
    const field = `spec.template.metadata.annotations[${annotation[0]}]`
    return { ...place, object: nameOf(workload), field }
  }
  if (variable) return { ...place, field: `${place.field}.env[${variable.name}].valueFrom.${reference}` }
  return { ...place, field: `${place.field}.envFrom` }
}

function crashed(
  workload: Workload,
  pod: Pod,
  status: ContainerStatus,
  end: Ended,
  { logs, serversReadyMs }: Surroundings,
): Problem {
  const place = placeOf(workload, pod, status.name)
  const how = end.reason === 'OOMKilled' ? 'used more memory than its limit' : `ended with ${end.exitCode}`
  const runs = status.restartCount === 0 ? '' : `, ${status.restartCount + 1} times`
  const { problem, said } = explainEnd(status.name, logs.get(logKey(pod, status)) || (end.message ?? ''))
  const told = `container ${status.name} of ${nameOf(pod)} ${how}${runs}`
  const found = {
    ...place,
    ...(end.reason === 'OOMKilled' && { field: `${place.field}.resources.limits.memory` }),
    ...problem,
    reason: problem ? `${problem.reason} (${told})` : [told, ...said].join('\n    '),
  }
  const isForGood = problem?.isForGood || isTriedOften(pod, status, end, serversReadyMs)
  return { ...found, graceSeconds: isForGood ? 0 : Infinity }
}

/** Three runs, over ten seconds at least, the last of them when all it may need was there: one more is not different. */
function isTriedOften(
  { status }: Pod,
  { restartCount }: ContainerStatus,
  { startedAt = '', finishedAt = '' }: Ended,
  serversReadyMs: number | undefined,
): boolean {
  if (restartCount < 2 || serversReadyMs === undefined) return false
  const settledMs = 5_000
  const lasted = Date.parse(finishedAt) - Date.parse(status.startTime ?? finishedAt)
  return Date.parse(startedAt) >= serversReadyMs + settledMs && lasted >= 10_000
}

/** An init container ends when it has done its work. */
function isDone({ spec }: Pod, name: string, { exitCode }: Ended): boolean {
  return exitCode === 0 && (spec.initContainers?.some(each => each.name === name) ?? false)
}

function containerOf({ spec }: Pod, name: string) {
  return [...spec.containers, ...(spec.initContainers ?? [])].find(each => each.name === name)
}

/** In the workload; what an injector has added, in the pod. */
function placeOf(
  workload: Workload,
  pod: Pod,
  name: string,
  ...field: string[]
): Pick<Problem, 'object'> & { field: string } {
  const has = (spec: Pod['spec'], list: 'containers' | 'initContainers') =>
    spec[list]?.some(each => each.name === name)
  const { spec } = workload.spec.template
  for (const list of ['containers', 'initContainers'] as const) {
    const entry = `${list}[${name}]`
    if (has(spec, list))
      return { object: nameOf(workload), field: ['spec.template.spec', entry, ...field].join('.') }
    if (has(pod.spec, list)) return { object: nameOf(pod), field: ['spec', entry, ...field].join('.') }
  }
  return { object: nameOf(pod), field: 'spec' }
}
