import { expect, setDefaultTimeout } from 'bun:test'
import { publish } from '../../../packages/elysia-dapr/src/index.ts'
import { eventually, redisTest } from '../environment.ts'
import { untilHandled } from './audit.ts'
import { startShop } from './shop.ts'
import { placed } from './topics.ts'

setDefaultTimeout(120_000)

// daprd 1.18.2 (pkg/runtime/pubsub/default_bulksub.go): what a worker of the component hands over once the subscription
// has ended is waited for without end. Redis has ten workers, whatever subscribes later.
redisTest(
  'a bulk subscription on Redis is deaf after its app was unhealthy in mid-load, until the sidecar restarts',
  async () => {
    await using shop = await startShop({
      broker: 'redis',
      bulk: true,
      // Ten events at a time: some are left when daprd has seen that the app is unhealthy.
      handlingMs: 1_000,
      healthCheck: { intervalSeconds: 1, timeoutMs: 900, threshold: 1 },
    })
    const { app, sidecar, outside } = shop
    const times = (line: string) => sidecar.log().split(line).length - 1
    const published = Array.from({ length: 100 }, (_, index) => `event-${index}`)
    await Promise.all(published.map(id => publish(outside, placed, { number: 1 }, { id })))
    await eventually(async () => (await app.begun()).length > 1 || undefined)
    await app.kill('SIGUSR1')
    await eventually(() => times('App entered un-healthy status') === 1 || undefined)
    await app.kill('SIGUSR1')
    await eventually(() => times('App entered healthy status') === 2 || undefined)
    await eventually(async () => (await app.begun()).length === (await app.handled()).length || undefined)

    const { length } = await app.begun()
    await publish(outside, placed, { number: 2 }, { id: 'after' })
    // Long enough for five bulks.
    await Bun.sleep(5_000)
    const hint = 'daprd no longer goes deaf: README.md of the library need not say so in "What can be lost"'
    expect((await app.begun()).length, hint).toBe(length)
    await sidecar.restart()
    await untilHandled([...published, 'after'], app.handled, { withinMs: 60_000, log: sidecar.log })
  },
)
