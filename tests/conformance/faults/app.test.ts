import { expect, setDefaultTimeout, test } from 'bun:test'
import { getMetadata } from '../../../packages/elysia-dapr/src/index.ts'
import { eventually, noRedis } from '../environment.ts'
import { retries } from '../resiliency.ts'
import { untilAcknowledged, untilHandled } from './audit.ts'
import { startLoad } from './load.ts'
import { startShop } from './shop.ts'

setDefaultTimeout(90_000)

const needsRedis = (name: string, run: () => Promise<void>) =>
  noRedis === undefined ? test.concurrent(name, run) : test.skip(`${name} (${noRedis})`, run)

const healthCheck = { intervalSeconds: 1, timeoutMs: 900, threshold: 1 }

// Where deliveries fail and nothing may be lost, daprd delivers one at a time: see concurrent-failures.test.ts.
const oneAtATime = { maxConcurrency: 1 }

needsRedis('an app killed in mid-load, with a health check: nothing is lost, nothing is buried', async () => {
  const resources = [retries(50, '200ms')]
  await using shop = await startShop({
    broker: 'redis',
    ...oneAtATime,
    healthCheck,
    deadLetters: true,
    resources,
  })
  const { app, sidecar, outside, buried } = shop
  await using load = startLoad(outside)
  await untilAcknowledged(load, 100)
  await app.kill()
  await eventually(() => sidecar.log().includes('App entered un-healthy status') || undefined)
  await untilAcknowledged(load, 100)
  await app.start()
  await untilAcknowledged(load, 100)
  await untilHandled(await load.stop(), app.handled, sidecar)
  expect(buried).toEqual([])
})

needsRedis(
  'an app killed without a health check: what outlasts the retries is buried, good as it is',
  async () => {
    const resources = [retries(3, '100ms')]
    await using shop = await startShop({ broker: 'redis', ...oneAtATime, deadLetters: true, resources })
    const { app, sidecar, outside, buried } = shop
    await using load = startLoad(outside)
    await untilAcknowledged(load, 100)
    await app.kill()
    await eventually(() => buried.length > 2 || undefined)
    await app.start()
    await untilAcknowledged(load, 100)
    await untilHandled(await load.stop(), async () => [...(await app.handled()), ...buried], sidecar)
  },
)

needsRedis(
  'an app killed without retries and dead letters: its events are lost with Redis, which acknowledges failures',
  async () => {
    await using shop = await startShop({ broker: 'redis', ...oneAtATime })
    const { app, sidecar, outside, redisUrl } = shop
    await using load = startLoad(outside)
    await untilAcknowledged(load, 100)
    await app.kill()
    await eventually(() => (sidecar.log().match(/connection refused/g) ?? []).length > 20 || undefined)
    await app.start()
    const published = await load.stop()
    const redis = new Bun.RedisClient(redisUrl)
    // None is left that could be delivered again.
    await eventually(async () => ((await untaken(redis)) === 0 ? true : undefined))
    redis.close()
    const lost = published.difference(new Set(await app.handled()))
    expect(lost.size).toBeGreaterThan(20)
  },
)

test.concurrent('an app killed without retries and dead letters: with MQTT the broker delivers its events again', async () => {
  await using shop = await startShop({ broker: 'mqtt3', ...oneAtATime })
  const { app, sidecar, outside } = shop
  await using load = startLoad(outside)
  await untilAcknowledged(load, 100)
  await app.kill()
  await eventually(() => (sidecar.log().match(/connection refused/g) ?? []).length > 20 || undefined)
  await app.start()
  await untilHandled(await load.stop(), app.handled, sidecar)
})

test.concurrent('app.stop() lets the handlers end, and what comes meanwhile is delivered later', async () => {
  await using shop = await startShop({ broker: 'mqtt3', ...oneAtATime, handlingMs: 50 })
  const { app, sidecar, outside } = shop
  await using load = startLoad(outside, { pauseMs: 50 })
  await untilAcknowledged(load, 40)
  await app.kill('SIGTERM')
  expect(await app.begun()).toEqual(await app.handled())
  await untilAcknowledged(load, 20)
  await app.start()
  await untilHandled(await load.stop(), app.handled, sidecar)
})

needsRedis(
  'an app that is unhealthy before it stops loses nothing, with many deliveries at once',
  async () => {
    await using shop = await startShop({
      broker: 'redis',
      healthCheck,
      deadLetters: true,
      handlingMs: 50,
      // daprd knows that it is unhealthy a moment before it stops delivering: what comes then fails.
      resources: [retries(50, '200ms')],
    })
    const { app, sidecar, outside, buried } = shop
    await using load = startLoad(outside)
    await untilAcknowledged(load, 100)
    await app.kill('SIGUSR1')
    await eventually(() => sidecar.log().includes('App entered un-healthy status') || undefined)
    await eventually(async () => (await app.begun()).length === (await app.handled()).length || undefined)
    await app.kill('SIGTERM')
    await untilAcknowledged(load, 50)
    await app.start()
    await untilAcknowledged(load, 50)
    await untilHandled(await load.stop(), app.handled, sidecar)
    expect(sidecar.log()).not.toContain('connection refused')
    expect(buried).toEqual([])
  },
)

test.concurrent('an app restarted with another token refuses the events until it has the right one', async () => {
  await using shop = await startShop({ broker: 'mqtt3', ...oneAtATime, appToken: 'right' })
  const { app, sidecar, outside } = shop
  await app.kill()
  await app.start('wrong')
  await using load = startLoad(outside)
  await untilAcknowledged(load, 20)
  await eventually(() => sidecar.log().includes('status code returned: 401') || undefined)
  const published = await load.stop()
  expect(published.intersection(new Set(await app.begun())).size).toBe(0)

  // A sidecar that starts now subscribes to nothing, and does not ask again.
  await sidecar.restart()
  await app.kill()
  await app.start('right')
  expect((await getMetadata(sidecar)).subscriptions ?? []).toEqual([])
  await sidecar.restart()
  await untilHandled(published, app.handled, sidecar)
})

/** Pending or not yet read, for the consumer group of the app. */
async function untaken(redis: Bun.RedisClient): Promise<number> {
  const [pending] = (await redis.send('XPENDING', ['placed', 'app'])) as [number]
  const [group] = (await redis.send('XINFO', ['GROUPS', 'placed'])) as [{ lag: number }]
  return pending + group.lag
}
