// Two faults that are races: how often they show depends on the machine (on one core hardly ever), so that no test may
// wait for them. The tests assert what holds with and without; `still-there.ts` tells whether they still show.

import { publish } from '../../../packages/elysia-dapr/src/index.ts'
import { eventually } from '../environment.ts'
import type { Shop } from './shop.ts'
import { placed } from './topics.ts'

/**
 * Has the deliveries of 50 events to an app that is not there fail at once, again and again, until the sidecar has
 * taken one for done or `failures` have failed. The app is back at the end.
 *
 * daprd 1.18.2 (pkg/middleware/http/pipeline.go): the requests to an app share one handler, which each replaces before
 * it runs. When the connections of two fail at once, one can be told of both failures and the other of none, which
 * daprd takes for an empty 200, and acknowledges the event.
 */
export async function failAtOnce(
  { app, sidecar, outside }: Shop,
  { failures }: { failures: number },
): Promise<{ published: Set<string>; takenForDone: Set<string> }> {
  await app.kill()
  const published = Array.from({ length: 50 }, (_, index) => `event-${index}`)
  await Promise.all(published.map(id => publish(outside, placed, { number: 1 }, { id })))
  const failed = () => sidecar.log().match(/connection refused/g)?.length ?? 0
  await eventually(() => takenForDone(sidecar.log()).size > 0 || failed() > failures || undefined)
  await app.start()
  return { published: new Set(published), takenForDone: takenForDone(sidecar.log()) }
}

/**
 * Has the app recover before its handler ends, up to `rounds` times; tells whether the sidecar is deaf to the topic.
 *
 * pubsub.mqtt3 1.18.3: the end of the old subscription, which waits for the handlers, and the begin of the new one race
 * for the topic's handler.
 */
export async function recoverUnderWay(
  { app, sidecar, outside }: Shop,
  { rounds }: { rounds: number },
): Promise<boolean> {
  const isDeaf = () => sidecar.log().includes('No handler defined for messages received on topic placed')
  const times = (line: string) => sidecar.log().split(line).length - 1
  for (let round = 1; round <= rounds && !isDeaf(); round++) {
    await publish(outside, placed, { number: 1 }, { id: `under-way-${round}` })
    await eventually(async () => (await app.begun()).includes(`under-way-${round}`) || undefined)
    await app.kill('SIGUSR1')
    await eventually(() => times('App entered un-healthy status') === round || undefined)
    await app.kill('SIGUSR1')
    await eventually(() => times('App entered healthy status') === round + 1 || undefined)
    await publish(outside, placed, { number: 2 }, { id: `after-${round}` })
    await eventually(async () => (await app.begun()).includes(`after-${round}`) || isDeaf() || undefined)
  }
  return isDeaf()
}

/** What both need: a broker that many deliveries come from at once, and an app that can be unhealthy. */
export const shopOf = {
  failAtOnce: { broker: 'mqtt3', redeliverAfter: 60, logLevel: 'debug' },
  recoverUnderWay: {
    broker: 'mqtt3',
    healthCheck: { intervalSeconds: 1, timeoutMs: 900, threshold: 1 },
    handlingMs: 3_000,
  },
} as const

/** Ids of the events with an empty answer: `subscribe` never answers so. */
function takenForDone(log: string): Set<string> {
  const lines = log.matchAll(
    /skipping status check due to empty response body from pub\/sub event (event-\d+)/g,
  )
  return new Set([...lines].map(([, id = '']) => id))
}
