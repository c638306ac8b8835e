import { ShopError } from '../supervisor/shop-error.ts'
import { type ClusterState, type Pod, readClusterState, type Workload } from './cluster-state.ts'
import { locateSecrets } from './component-secrets.ts'
import { judge } from './judge.ts'
import { endOf, logKey } from './judge-container.ts'
import type { Kubectl } from './kubectl.ts'
import { formatProblem, Patience, type Problem } from './problem.ts'
import { isRolledOut, nameOf, podsOf, statusesOf } from './workload-status.ts'

export interface RolloutOptions {
  kubectl: Kubectl
  namespace: string
  timeoutSeconds: number
  /** Gets a line whenever a workload has become ready, and what is waited for every half a minute. */
  report?: (line: string) => void
  signal?: AbortSignal | undefined
  /** Between two looks at the cluster. @default two seconds */
  everyMs?: number
}

/** A Deployment, StatefulSet or DaemonSet; a whole manifest will do. */
export interface WorkloadName {
  kind: string
  metadata: { name: string }
}

/**
 * Waits until every workload runs what was applied, all of it ready. What no waiting will mend (a missing image or
 * secret, a component that Dapr does not know, a pod that nobody may make) is not waited for.
 *
 * @throws ShopError with a line for each thing that is wrong: the object, the field and why; the reason of the signal
 */
export async function rolledOut(
  names: readonly WorkloadName[],
  { kubectl, namespace, timeoutSeconds, report = () => {}, signal, everyMs = 2_000 }: RolloutOptions,
): Promise<void> {
  const wanted = names.map(nameOf)
  const logs = new Map<string, string>()
  const patience = new Patience()
  const tell = progress(wanted, report)
  const started = performance.now()
  for (;;) {
    const state = await readPatiently(kubectl, namespace, signal)
    const workloads = state.workloads.filter(each => wanted.includes(nameOf(each)))
    const ready = workloads.filter(isRolledOut).map(nameOf)
    if (ready.length === wanted.length) return tell(ready, [])
    await readLogs(workloads, state, logs, { kubectl, namespace, signal })
    const problems = judge(workloads, state, logs)
    tell(ready, problems)
    const final = patience.lasting(problems, performance.now())
    // those that come with it have had less time, and are the same to a person
    if (final.length > 0) {
      const lasting = problems.filter(each => each.graceSeconds < Infinity)
      throw failure(await locateSecrets(lasting, { kubectl, namespace }))
    }
    if (performance.now() - started > timeoutSeconds * 1_000) {
      const waiting = wanted.filter(name => !ready.includes(name))
      throw failure(
        problems,
        `Not ready after ${timeoutSeconds} s: ${waiting.join(', ')}`,
        unready(workloads, state),
      )
    }
    await Bun.sleep(everyMs)
    signal?.throwIfAborted()
  }
}

/** A cluster that does not answer for a moment is no end of a rollout. */
async function readPatiently(
  kubectl: Kubectl,
  namespace: string,
  signal?: AbortSignal,
): Promise<ClusterState> {
  for (let tries = 1; ; tries++) {
    try {
      return await readClusterState(kubectl, namespace, signal)
    } catch (error) {
      if (!(error instanceof ShopError) || tries === 5) throw error
      await Bun.sleep(2_000)
    }
  }
}

/** Of each container that has ended and not begun again, what it said; once for each run. */
async function readLogs(
  workloads: readonly Workload[],
  state: ClusterState,
  logs: Map<string, string>,
  { kubectl, namespace, signal }: Pick<RolloutOptions, 'kubectl' | 'namespace' | 'signal'>,
): Promise<void> {
  const ended = workloads
    .filter(each => !isRolledOut(each))
    .flatMap(each => podsOf(each, state))
    .flatMap(pod =>
      statusesOf(pod)
        .filter(endOf)
        .map(status => ({ pod, status })),
    )
  for (const { pod, status } of ended) {
    const key = logKey(pod, status)
    if (logs.has(key)) continue
    const command = ['logs', pod.metadata.name, '--namespace', namespace, '--container', status.name]
    // a pod that is gone meanwhile has none
    logs.set(key, await kubectl([...command, '--tail', '60'], { signal }).catch(() => ''))
  }
}

function progress(wanted: readonly string[], report: (line: string) => void) {
  const told = new Set<string>()
  let last = performance.now()
  return (ready: readonly string[], problems: readonly Problem[]): void => {
    const fresh = ready.filter(name => !told.has(name))
    for (const name of fresh) told.add(name)
    if (fresh.length > 0) report(`ready: ${fresh.join(', ')} (${ready.length} of ${wanted.length})`)
    else if (performance.now() - last > 30_000) {
      const waiting = wanted.filter(name => !ready.includes(name))
      report(`waiting for ${waiting.join(', ')}`)
      for (const problem of problems) report(`  ${formatProblem(problem)}`)
    } else return
    last = performance.now()
  }
}

const shown = 10

function failure(problems: readonly Problem[], ...lines: (string | readonly string[])[]): ShopError {
  const told = problems.map(formatProblem)
  const more = told.length > shown ? [`and ${told.length - shown} more`] : []
  return new ShopError([...lines.flat(), ...told.slice(0, shown), ...more].join('\n'))
}

/** Containers that run and are not ready, with what their probe was answered. */
function unready(workloads: readonly Workload[], state: ClusterState): string[] {
  const pods = workloads.filter(each => !isRolledOut(each)).flatMap(each => podsOf(each, state))
  return pods.flatMap(pod =>
    statusesOf(pod)
      .filter(({ ready, state: { running } }) => running && !ready)
      .map(({ name }) => `${nameOf(pod)} spec.containers[${name}]: ${lastProbe(pod, name, state)}`),
  )
}

function lastProbe(pod: Pod, container: string, { events }: ClusterState): string {
  const event = events.findLast(
    ({ involvedObject: { uid, fieldPath }, reason }) =>
      uid === pod.metadata.uid && reason === 'Unhealthy' && fieldPath?.includes(`{${container}}`),
  )
  return event?.message ?? 'it runs, and is not ready'
}
