import type { Pod } from '../../../scripts/kubernetes/cluster-state.ts'
import { until } from '../../shop/shop.ts'
import { assertNone, type Row } from '../../swap/row.ts'
import { ledgerOf } from '../../swap/world.ts'
import { type Cluster, pace } from '../cluster.ts'

const times = 3
/** What an app has whose sidecar is to begin afresh once it has connected to the broker anew: see k8s/probe/sidecar.go. */
const variable = 'BROKER_PORT'

export function broker(cluster: Cluster): Row[] {
  const { list, pods } = cluster

  /** Apps that use the broker, where a sidecar that has connected to it anew begins afresh. */
  async function refreshed(): Promise<string[]> {
    const components = await list<{ metadata: { name: string }; scopes?: string[] }>('components.dapr.io')
    const users = components.find(({ metadata }) => metadata.name === 'pubsub')?.scopes ?? []
    const all = users.map(async name => {
      const env = (await pods(name)).flatMap(({ spec }: Pod) =>
        spec.containers.flatMap(({ env = [] }) => env),
      )
      return env.some(each => each.name === variable) ? [name] : []
    })
    return (await Promise.all(all)).flat()
  }

  return [
    {
      id: 'broker-again',
      title: 'broker killed three times in a row: all done with after',
      limit: 400,
      async run(world) {
        const { names, none } = await world.servers('events')
        if (names.length === 0) return { words: none }
        const ledger = await ledgerOf(world)
        const apps = await refreshed()
        for (let time = 0; time < times; time++) {
          await ledger.place(...Array<'ordinary'>(10).fill('ordinary'))
          for (const name of names) await world.kill(name)
        }
        const back = performance.now()
        await ledger.place(...Array<'ordinary'>(10).fill('ordinary'))
        assertNone(await ledger.drain())
        const seconds = (performance.now() - back) / 1_000
        const since = (await Promise.all(names.map(pods))).flat().map(readySince).sort().at(-1) ?? ''
        for (const name of apps) {
          const isFresh = async () => {
            const found = await pods(name)
            return found.length > 0 && found.every(pod => sidecarSince(pod) > since)
          }
          await until(`the sidecar of ${name} begins afresh`, isFresh, 150_000, pace)
        }
        return { words: `✓ ${seconds.toFixed(1)} s`, values: { seconds } }
      },
    },
  ]
}

/** When a pod became ready, as the cluster has it: times of one format, that can be compared as texts. */
function readySince({ status }: Pod): string {
  return status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? ''
}

function sidecarSince({ status }: Pod): string {
  const { running } = status.containerStatuses?.find(({ name }) => name === 'daprd')?.state ?? {}
  return (running as { startedAt?: string } | undefined)?.startedAt ?? ''
}
