import type { Pod } from '../../../scripts/kubernetes/cluster-state.ts'
import { assertNone, type Row } from '../../swap/row.ts'
import type { Cluster } from '../cluster.ts'
import { testLabel } from '../install/installation.ts'

/** An injector that cannot be reached lets pods begin without a sidecar, and tells nobody. */
export function pods(cluster: Cluster): Row[] {
  return [
    {
      id: 'injected',
      title: 'each pod is an app and its sidecar, nothing else',
      async run() {
        const selector = `app.kubernetes.io/part-of=shop,!${testLabel}`
        const found = await cluster.list<Pod>('pods', '--selector', selector)
        const apps = await cluster.apps()
        assertNone(apps.length > 0 ? [] : ['there is no service'])
        assertNone(found.map(wrongIn).filter(wrong => wrong !== ''))
        return { words: `✓ ${found.length} pods` }
      },
    },
  ]
}

export function wrongIn({ metadata, spec }: Pod): string {
  const containers = [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => name).sort()
  return containers.join(' ') === 'app daprd' ? '' : `${metadata.name} has ${containers.join(' and ')}`
}
