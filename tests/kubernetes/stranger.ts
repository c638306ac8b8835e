import { join } from 'node:path'
import { until } from '../shop/shop.ts'
import { type Cluster, pace } from './cluster.ts'
import { testLabel } from './install/installation.ts'
import { scriptedPod } from './scripted-pod.ts'

export interface Target {
  /** What it is. */
  name: string
  host: string
  port: number
}

const name = 'stranger'

/** The targets that a pod without a sidecar can connect to, from within the namespace. */
export async function reachedBy(cluster: Cluster, targets: readonly Target[]): Promise<Target[]> {
  const { run, apps } = cluster
  const labels = { [testLabel]: 'true' }
  const image = (await apps()).find(each => each.name === 'orders')?.image ?? ''
  const script = await Bun.file(join(import.meta.dir, 'stranger-app.ts')).text()
  const env = { TARGETS: JSON.stringify(targets), KNOWN_NAME: 'orders-dapr' }
  const items = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { 'app.ts': script } },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels } },
      spec: { ...scriptedPod({ image, configMap: name, env }), restartPolicy: 'Never' },
    },
  ]
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  const remove = () => run(['delete', '--ignore-not-found', '--now', '--filename', '-'], manifest)
  await remove()
  try {
    await run(['apply', '--filename', '-'], manifest)
    let phase = ''
    const hasEnded = async () => {
      phase = await run(['get', 'pod', name, '--output', 'jsonpath={.status.phase}'])
      return phase === 'Succeeded' || phase === 'Failed'
    }
    await until('the pod has tried', hasEnded, 90_000, pace)
    const said = await run(['logs', name])
    if (phase === 'Failed') throw new Error(`the pod without a sidecar has failed: ${said}`)
    return JSON.parse(said)
  } finally {
    await remove()
  }
}
