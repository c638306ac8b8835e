import { component, startBroker, startControlPlane, temporaryFolder } from '../conformance/environment.ts'
import type { Behaviour, Group } from './behaviour.ts'
import { startObserver } from './observer.ts'
import { type Peer, startPeer } from './peer.ts'
import type { Results } from './results.ts'
import { callbacks } from './rows/callbacks.ts'
import { events } from './rows/events.ts'
import { invocation } from './rows/invocation.ts'
import { jobs } from './rows/jobs.ts'
import { outcomes } from './rows/outcomes.ts'
import { publishing } from './rows/publish.ts'
import { served } from './rows/served.ts'
import { state } from './rows/state.ts'
import { subscriptions } from './rows/subscriptions.ts'
import { workflows } from './rows/workflows.ts'
import type { PeerName } from './subject.ts'
import { brokered, pubsub, store } from './subjects/protocol.ts'

export const groups: Group[] = [
  { title: 'Events', behaviours: events },
  { title: 'What becomes of an event', behaviours: outcomes },
  { title: 'Subscriptions', behaviours: subscriptions },
  { title: 'Callbacks', behaviours: callbacks },
  { title: 'Jobs and bindings', behaviours: jobs },
  { title: 'Calls from other apps', behaviours: served },
  { title: 'Publishing', behaviours: publishing },
  { title: 'State', behaviours: state },
  { title: 'Service invocation', behaviours: invocation },
  { title: 'Workflows', behaviours: workflows },
]

/** Runs every behaviour against both, through a real daprd. */
export async function compare(): Promise<Results> {
  await using cleanup = new AsyncDisposableStack()
  const home = cleanup.use(await temporaryFolder()).path
  const { placement, scheduler } = cleanup.use(await startControlPlane())
  const broker = cleanup.use(await startBroker())
  const observer = cleanup.use(
    await startObserver({
      home,
      scheduler,
      configuration,
      resources: [...resources, broker.component(brokered)],
    }),
  )
  const behaviours = groups.flatMap(group => group.behaviours)

  async function observe(name: PeerName): Promise<Map<string, string>> {
    const tick = component('tick', 'bindings.cron', { schedule: '@every 1s', direction: 'input' })
    const sidecar = { resources: [...resources, tick], configuration, placement, scheduler }
    await using peer = await startPeer({ name, home, observer, sidecar })
    return await observeAll(peer, behaviours)
  }

  const [ours, sdk] = await Promise.all([observe('ours'), observe('sdk')])
  return Object.fromEntries(
    behaviours.map(({ id }) => [id, { ours: ours.get(id) ?? '', sdk: sdk.get(id) ?? '' }]),
  )
}

async function observeAll(peer: Peer, behaviours: Behaviour[]): Promise<Map<string, string>> {
  const seen = new Map<string, string>()
  const observe = async ({ id, run }: Behaviour) => {
    const seenOf = run(peer).catch(cause => {
      throw new Error(`${id} of ${peer.name} could not be observed`, { cause })
    })
    seen.set(id, await seenOf)
  }
  await Promise.all(behaviours.filter(({ alone, fatal }) => !alone && !fatal).map(observe))
  for (const behaviour of behaviours.filter(({ alone }) => alone)) await observe(behaviour)
  for (const behaviour of behaviours.filter(({ fatal }) => fatal)) await observe(behaviour)
  return seen
}

/** Traces go on from one to the next; nothing exports them. */
const configuration = { tracing: { samplingRate: '1' } }

const retries = { policy: 'constant', duration: '50ms', maxRetries: 2 }

const resources = [
  component(pubsub, 'pubsub.in-memory'),
  component(store, 'state.in-memory', { actorStateStore: true }),
  {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'retries' },
    spec: {
      policies: { retries: { events: retries } },
      targets: { components: { [pubsub]: { inbound: { retry: 'events' } } } },
    },
  },
]
