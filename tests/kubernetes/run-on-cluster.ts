import { chosenRows } from '../swap/chosen-rows.ts'
import type { Group, Outcome, Row } from '../swap/row.ts'
import { books } from '../swap/rows/books.ts'
import { deaths } from '../swap/rows/deaths.ts'
import { firstDeliveries, redeliveries } from '../swap/rows/deliveries.ts'
import { events } from '../swap/rows/events.ts'
import { numbers } from '../swap/rows/numbers.ts'
import { served } from '../swap/rows/served.ts'
import { type RunRowsOptions, runRows } from '../swap/run-rows.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { databaseOn } from './database.ts'
import { openEdge } from './edge.ts'
import { badOverlays } from './rows/bad-overlays.ts'
import { broker } from './rows/broker.ts'
import { mesh } from './rows/mesh.ts'
import { pods } from './rows/pods.ts'
import { type Next, rollouts } from './rows/rollouts.ts'
import { scaling } from './rows/scaling.ts'
import { clusterWorld } from './world.ts'

export interface ClusterOptions extends Pick<RunRowsOptions, 'onStep' | 'onOutcome'> {
  signal: AbortSignal
  /** Where the shop runs. @default shop */
  namespace?: string
  /** What the edge routes by, and its certificate is for. @default shop.localhost */
  host?: string
  /** What has signed that certificate, in PEM. */
  ca: string
  /** The Ingress controller. @default namespace `traefik`, service `traefik`, port 443 */
  edge?: { namespace: string; service: string; port: number }
  next?: Next
  /** Ids of the rows to run. @default all */
  only?: readonly string[]
  /** Told what will be run, under its headings. */
  onBegin?: (groups: readonly Group[]) => void
}

/** Of each product a new shop has at least as many. */
const leastUnits = 450

/** A cluster under a whole shop is slower than processes of one machine. */
const slowness = 3

/** What is asked of a shop on Kubernetes: what every set is asked, and what only a cluster has. */
export function groupsOn(cluster: Cluster, next: Next = {}): Group[] {
  return [
    { title: 'What the shop does', rows: served },
    { title: 'Who may talk to whom', rows: [...pods(cluster), ...mesh(cluster)] },
    { title: 'How fast', rows: numbers },
    { title: 'Events', rows: [...firstDeliveries, ...events, ...redeliveries] },
    { title: 'When something dies', rows: [...deaths, ...broker(cluster)] },
    { title: 'When something is replaced', rows: [...rollouts(cluster, next), ...scaling(cluster)] },
    { title: 'When something is wrong', rows: badOverlays(cluster) },
    { title: 'Books', rows: books },
  ]
}

/**
 * Runs the suite on a shop that is ready. What it puts into the namespace is gone at the end.
 * @throws the signal's reason when it aborts, once that is gone
 */
export async function runOnCluster(options: ClusterOptions): Promise<Outcome[]> {
  const { signal, ca, namespace = 'shop', host = 'shop.localhost', next = {}, only, onStep } = options
  const outcomes: Outcome[] = []
  await using cleanup = new AsyncDisposableStack()
  const cluster = cleanup.use(openCluster(namespace, signal))
  const { origin } = cleanup.use(openEdge({ forwards: cluster.forwards, host, ca, ...options.edge }))
  const groups = chosenRows(groupsOn(cluster, next), only)
  options.onBegin?.(groups)
  await restock(cluster)
  await runRows(clusterWorld(cluster, { gateway: origin, signal, cleanup }), {
    rows: groups.flatMap(({ rows }) => rows).map(patiently),
    onStep,
    onOutcome(outcome) {
      outcomes.push(outcome)
      options.onOutcome(outcome)
    },
  })
  return outcomes
}

function patiently(row: Row): Row {
  return { ...row, limit: (row.limit ?? 60) * slowness }
}

/** What an earlier run on the same data has sold is there again. */
async function restock(cluster: Cluster): Promise<void> {
  await databaseOn(cluster).execute(
    'inventory',
    `update stock set on_hand = reserved + ${leastUnits} where on_hand - reserved < ${leastUnits}`,
  )
}
