import type { Pod } from '../../scripts/kubernetes/cluster-state.ts'
import { until } from '../shop/shop.ts'
import { type Cluster, pace } from './cluster.ts'

/** Longest time until pods are replaced, in milliseconds. */
const patience = 180_000

/** Where daprd listens for its app. */
const sidecarPort = 3500

/**
 * Ends pods with the shortest notice that Kubernetes gives, two seconds, and waits until nothing of them runs. Not by
 * force: two servers on the same volume, the old one forgotten and not dead yet, would destroy their data.
 */
export async function cutOff({ run }: Cluster, pods: readonly Pod[]): Promise<void> {
  await run(['delete', 'pod', ...pods.map(({ metadata }) => metadata.name), '--now'])
}

/** Kills every pod of a service or server, and waits until as many others are ready. */
export async function killPods(cluster: Cluster, name: string): Promise<void> {
  const before = await somePods(cluster, name)
  await cutOff(cluster, before)
  await untilOthers(cluster, name, before)
}

/** Ends the sidecars of a service at once, by their own means, and waits until they run again in the same pods. */
export async function killSidecars(cluster: Cluster, name: string): Promise<void> {
  const before = await somePods(cluster, name)
  const headers = {
    'dapr-api-token': await cluster.secret('dapr-api-token', 'token'),
    'dapr-force-shutdown': 'true',
  }
  for (const { metadata } of before)
    await cluster.askPod(metadata.name, sidecarPort, '/v1.0/shutdown', { method: 'POST', headers })
  const isBack = async () => {
    const now = await cluster.pods(name)
    return now.length >= before.length && sidecarRestarts(now) >= sidecarRestarts(before) + before.length
  }
  await until(`the sidecar of ${name} runs again`, isBack, patience, pace)
}

/** How often sidecars of these pods have begun again. */
function sidecarRestarts(pods: readonly Pod[]): number {
  return pods
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .filter(({ name }) => name === 'daprd')
    .reduce((sum, { restartCount }) => sum + restartCount, 0)
}

async function somePods({ pods }: Cluster, name: string): Promise<Pod[]> {
  let found: Pod[] = []
  await until(
    `${name} runs`,
    async () => {
      found = await pods(name)
      return found.length > 0
    },
    patience,
    pace,
  )
  return found
}

/** Waits until a service has as many ready pods as before, and none of those. */
export async function untilOthers({ pods }: Cluster, name: string, before: readonly Pod[]): Promise<void> {
  const gone = new Set(before.map(({ metadata }) => metadata.uid))
  const isBack = async () => {
    const now = await pods(name)
    return now.length >= before.length && now.every(({ metadata }) => !gone.has(metadata.uid))
  }
  await until(`${name} runs again`, isBack, patience, pace)
}
