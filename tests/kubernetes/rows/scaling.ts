import { until } from '../../shop/shop.ts'
import { sumOf } from '../../swap/metrics.ts'
import { assertNone, type Row } from '../../swap/row.ts'
import type { Cluster } from '../cluster.ts'
import { underLoad, wordsOf } from '../load.ts'
import { untilRolledOut } from '../rollout.ts'

const service = 'orders'
const replicas = 3
const metricsPort = 9090

/** What each replica has its share of, by the counter of its sidecar. */
const shares = {
  requests: ['dapr_runtime_service_invocation_req_recv_total', {}],
  events: ['dapr_component_pubsub_ingress_count', { topic: 'reservations', process_status: 'success' }],
  'steps of workflows': ['dapr_runtime_workflow_activity_execution_count', { status: 'success' }],
} as const

export function scaling(cluster: Cluster): Row[] {
  const { run, pods, askPod } = cluster

  /** Of each replica, what it has had. */
  async function had(): Promise<Record<keyof typeof shares, number>[]> {
    const texts = (await pods(service)).map(async ({ metadata }) =>
      (await askPod(metadata.name, metricsPort, '/metrics')).text(),
    )
    return (await Promise.all(texts)).map(text => {
      const of = ([name, labels]: (typeof shares)[keyof typeof shares]) => sumOf(text, name, labels)
      return {
        requests: of(shares.requests),
        events: of(shares.events),
        'steps of workflows': of(shares['steps of workflows']),
      }
    })
  }

  async function scale(to: number, { min, max }: { min: number; max: number }): Promise<void> {
    const bounds = JSON.stringify({ spec: { minReplicas: min, maxReplicas: max } })
    await run(['patch', 'hpa', service, '--patch', bounds])
    await run(['scale', `deployment/${service}`, `--replicas=${to}`])
    await untilRolledOut(cluster, service)
  }

  return [
    {
      id: 'scaled',
      title: 'orders scaled to three under load: each has its share',
      limit: 400,
      async run(world) {
        const autoscaler = JSON.parse(await run(['get', 'hpa', service, '--output', 'json']))
        const { minReplicas: min, maxReplicas: max } = autoscaler.spec
        const before = (await cluster.apps()).find(({ name }) => name === service)?.replicas ?? min
        const load = await underLoad(world, async () => {
          await scale(replicas, { min: replicas, max: Math.max(max, replicas) })
          let seen: Awaited<ReturnType<typeof had>> = []
          const hasShare = async () => {
            seen = await had()
            return (
              seen.length === replicas && seen.every(share => Object.values(share).every(count => count > 0))
            )
          }
          try {
            await until('each replica has had some of everything', hasShare, 120_000, 1_000)
          } catch {
            assertNone([`not every replica has had some of everything: ${JSON.stringify(seen)}`])
          }
          await scale(before, { min, max })
        }).finally(() => scale(before, { min, max }))
        return { words: wordsOf(load), values: { ...load } }
      },
    },
  ]
}
