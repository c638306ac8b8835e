// A fault of daprd 1.18.2 (pkg/middleware/http/pipeline.go): the requests to an app share one handler, which each
// replaces before it runs. When the connections of two fail at once, one can be told of both failures and the other of
// none, which daprd takes for an empty 200, and acknowledges the event.

import { expect, setDefaultTimeout, test } from 'bun:test'
import { publish } from '../../../packages/elysia-dapr/src/index.ts'
import { eventually } from '../environment.ts'
import { retries } from '../resiliency.ts'
import { untilAcknowledged, untilHandled } from './audit.ts'
import { startLoad } from './load.ts'
import { startShop } from './shop.ts'
import { placed } from './topics.ts'

setDefaultTimeout(90_000)

test.concurrent('of deliveries that fail at once, daprd 1.18.2 takes some for done: they are lost', async () => {
  const resources = [retries(1_000_000, '10ms')]
  await using shop = await startShop({ broker: 'mqtt3', redeliverAfter: 60, logLevel: 'debug', resources })
  const { app, sidecar, outside } = shop
  await app.kill()
  const published = Array.from({ length: 50 }, (_, index) => `event-${index}`)
  await Promise.all(published.map(id => publish(outside, placed, { number: 1 }, { id })))
  // A time-out here means that the fault is gone: the tests of app.test.ts need not deliver one at a time then.
  await eventually(() => takenForDone(sidecar.log()).size > 0 || undefined)
  await app.start()
  const lost = takenForDone(sidecar.log())
  await untilHandled(new Set(published).difference(lost), app.handled, sidecar)
  expect(new Set(await app.begun()).intersection(lost).size).toBe(0)
})

test.concurrent('of bulk deliveries that fail at once none is lost: an empty 200 does not acknowledge a bulk', async () => {
  await using shop = await startShop({ broker: 'mqtt3', bulk: true })
  const { app, sidecar, outside } = shop
  await using load = startLoad(outside)
  await untilAcknowledged(load, 100)
  await app.kill()
  await untilAcknowledged(load, 200)
  await app.start()
  await untilAcknowledged(load, 50)
  await untilHandled(await load.stop(), app.handled, sidecar)
})

/** Ids of the events with an empty answer: `subscribe` never answers so. */
function takenForDone(log: string): Set<string> {
  const lines = log.matchAll(
    /skipping status check due to empty response body from pub\/sub event (event-\d+)/g,
  )
  return new Set([...lines].map(([, id = '']) => id))
}
