import { expect, setDefaultTimeout, test } from 'bun:test'
import { retries } from '../resiliency.ts'
import { untilAcknowledged, untilHandled } from './audit.ts'
import { startLoad } from './load.ts'
import { failAtOnce, shopOf } from './races.ts'
import { startShop } from './shop.ts'

setDefaultTimeout(120_000)

test.concurrent('of deliveries that fail at once, those that daprd takes for done are lost, and no others', async () => {
  const resources = [retries(1_000_000, '10ms')]
  await using shop = await startShop({ ...shopOf.failAtOnce, resources })
  const { app, sidecar } = shop
  const { published, takenForDone } = await failAtOnce(shop, { failures: 10_000 })
  await untilHandled(published.difference(takenForDone), app.handled, sidecar)
  expect(new Set(await app.begun()).intersection(takenForDone)).toEqual(new Set())
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
