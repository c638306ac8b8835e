import { expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import { type CloudEvent, dapr, publish, subscribe } from '../../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../../packages/elysia-dapr/src/testing/index.ts'
import { daprd, eventually, startBroker } from '../environment.ts'
import { untilAcknowledged, untilHandled } from './audit.ts'
import { startLoad } from './load.ts'
import { placed } from './topics.ts'

setDefaultTimeout(90_000)

test.concurrent('a sidecar killed in mid-load: a publisher that repeats, by the same id, loses nothing', async () => {
  await using shop = await startShop()
  const { sidecar, handled } = shop
  await using load = startLoad(sidecar)
  await untilAcknowledged(load, 100)
  await sidecar.kill()
  await eventually(() => load.failures.length > 10 || undefined)
  for (const failure of load.failures) {
    expect(failure).toMatchObject({ name: 'DaprError', code: 'UNREACHABLE', status: 0, retryable: true })
  }
  await sidecar.restart()
  await untilAcknowledged(load, 100)
  await untilHandled(await load.stop(), handled, sidecar)
})

test.concurrent('a sidecar that is stopped in mid-load loses nothing', async () => {
  await using shop = await startShop()
  const { sidecar, handled } = shop
  await using load = startLoad(sidecar)
  await untilAcknowledged(load, 100)
  await sidecar.kill('SIGTERM')
  await sidecar.restart()
  await untilAcknowledged(load, 100)
  await untilHandled(await load.stop(), handled, sidecar)
})

test.concurrent('a broker killed in mid-load: what it has acknowledged is handled, without a restart of anything else', async () => {
  await using shop = await startShop()
  const { sidecar, broker, handled } = shop
  await using load = startLoad(sidecar)
  await untilAcknowledged(load, 100)
  await broker.kill()
  await eventually(() => sidecar.log().includes('Connection with broker lost') || undefined)
  await broker.restart()
  await untilAcknowledged(load, 100)
  await untilHandled(await load.stop(), handled, sidecar)
})

test.concurrent('an event that is delivered again is the same, and known by its id', async () => {
  await using shop = await startShop({ failures: 2 })
  const { sidecar, attempts } = shop
  const ofId = (id: string) => attempts.filter(event => event.id === id)
  await publish(sidecar, placed, { number: 1 }, { id: 'twice' })
  await eventually(() => ofId('twice').length === 3 || undefined)
  // A publisher that was not told that it had succeeded.
  await publish(sidecar, placed, { number: 1 }, { id: 'twice' })
  await eventually(() => ofId('twice').length === 4 || undefined)

  const [first, second, third, repeated] = ofId('twice')
  expect([second, third]).toEqual([first, first])
  expect(repeated).toMatchObject({ id: 'twice', source: 'app', data: { number: 1 } })
})

/** An app in this process, its sidecar and the broker, which delivers again after two seconds. */
async function startShop({ failures = 0 }: { failures?: number } = {}) {
  await using cleanup = new AsyncDisposableStack()
  const attempts: CloudEvent[] = []
  const ids: string[] = []
  const app = ({ appToken }: Daprd) =>
    new Elysia().use(dapr({ appToken })).use(
      subscribe(placed, async ({ event }) => {
        attempts.push(event)
        // Longer than between two events, so that some are always under way.
        await Bun.sleep(50)
        if (attempts.filter(({ id }) => id === event.id).length <= failures) throw new Error('not yet')
        ids.push(event.id)
      }),
    )
  const broker = cleanup.use(await startBroker({ ackWaitSeconds: 2 }))
  const sidecar = cleanup.use(await daprd({ app: app as never, resources: [broker.component('pubsub')] }))
  // Nothing tells when the broker knows a new subscriber.
  while (!ids.includes('first')) {
    await publish(sidecar, placed, { number: 0 }, { id: 'first' })
    await Bun.sleep(100)
  }
  const kept = cleanup.move()
  return { broker, sidecar, attempts, handled: () => ids, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
