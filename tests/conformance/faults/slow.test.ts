import { expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import {
  dapr,
  invoke,
  publish,
  type SubscribeOptions,
  subscribe,
} from '../../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../../packages/elysia-dapr/src/testing/index.ts'
import { daprd, eventually, failureOf, startBroker } from '../environment.ts'
import { untilHandled } from './audit.ts'
import { recoverUnderWay, shopOf } from './races.ts'
import { startShop as startKillableShop } from './shop.ts'
import { placed } from './topics.ts'

setDefaultTimeout(90_000)

type Handler = (id: string, signal: AbortSignal) => Promise<void>

test.concurrent('a handler of 33 seconds handles its event once: neither Bun, Elysia nor daprd cuts it off', async () => {
  const seen: string[] = []
  const handler: Handler = async (id, signal) => {
    seen.push(`begin ${id}`)
    await Bun.sleep(33_000)
    seen.push(`${signal.aborted ? 'aborted' : 'end'} ${id}`)
  }
  await using shop = await startShop(handler, { ackWaitSeconds: 60 })
  const { sidecar } = shop
  await publish(sidecar, placed, { number: 1 }, { id: 'slow' })
  await eventually(() => seen.includes('end slow') || undefined)
  // What is delivered after it has been acknowledged before.
  await publish(sidecar, placed, { number: 2 }, { id: 'later' })
  await eventually(() => seen.includes('begin later') || undefined)
  expect(seen).toEqual(['begin slow', 'end slow', 'begin later'])
})

test.concurrent('a handler past the timeout of its subscription is tried again, or dropped', async () => {
  const attempts = { retry: 0, drop: 0 }
  const reasons: string[] = []
  const handlerOf =
    (onTimeout: keyof typeof attempts): Handler =>
    async (_, signal) => {
      attempts[onTimeout]++
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      reasons.push((signal.reason as Error).name)
    }
  const retried: string[] = []
  const dropped: string[] = []
  await using retrying = await startShop(handlerOf('retry'), {
    options: { timeout: 300, onRetry: (_, reason) => void retried.push(reason) },
  })
  await using dropping = await startShop(handlerOf('drop'), {
    options: { timeout: 300, onTimeout: 'drop', onDrop: (_, reason) => void dropped.push(reason) },
  })
  for (const { sidecar } of [retrying, dropping])
    await publish(sidecar, placed, { number: 1 }, { id: 'slow' })
  await eventually(() => attempts.retry === 3 || undefined)
  await eventually(() => retried.length > 1 || undefined)
  expect(new Set(retried)).toEqual(new Set(['not handled within 300 ms']))
  // Delivered again after a second, it would have come twice meanwhile.
  expect([attempts.drop, dropped]).toEqual([1, ['not handled within 300 ms']])
  expect(new Set(reasons)).toEqual(new Set(['TimeoutError']))
})

test.concurrent('connections that the app has closed while they were idle fail no event and no call', async () => {
  const seen: string[] = []
  const clients = new Set<number>()
  await using shop = await startShop(async id => void seen.push(id), { idleTimeout: 1, clients })
  const { sidecar } = shop
  const use = async (id: string) => {
    await publish(sidecar, placed, { number: 1 }, { id })
    await eventually(() => seen.includes(id) || undefined)
    expect((await invoke(sidecar, 'app', '/now')).status).toBe(200)
  }
  const ids = ['one']
  await use('one')
  const { size } = clients
  // A new connection tells that the old one was closed. Bun looks for idle ones every four seconds.
  while (clients.size === size) {
    await Bun.sleep(5_000)
    ids.push(`${ids.length}`)
    await use(`${ids.length - 1}`)
  }
  expect(seen.filter(id => id !== 'first')).toEqual(ids)
  expect(sidecar.log()).not.toMatch(/EOF|connection reset|broken pipe/)
})

test.concurrent('a slow answer is cut off by idleTimeout, unless the request has a body or a timeout of its own', async () => {
  await using shop = await startShop(async () => undefined, { idleTimeout: 1 })
  const { sidecar, calls } = shop
  const call = (path: string, init: RequestInit = {}) =>
    invoke(sidecar, 'app', path, init, { timeout: 60_000 })
  // A connection that is used again, on which a client may repeat a GET that fails.
  await call('/now')
  const [error, patient, posted] = await Promise.all([
    failureOf(call('/slow')),
    call('/patient'),
    call('/slow', { method: 'POST', body: 'x' }),
  ])
  expect(error).toMatchObject({
    name: 'InvokeError',
    status: 500,
    code: 'ERR_DIRECT_INVOKE',
    retryable: true,
  })
  expect([patient.status, posted.status]).toEqual([200, 200])
  expect(calls.sort()).toEqual(['GET /patient', 'GET /slow', 'POST /slow'])
})

// Why `refresh-sidecars.ts` restarts it; whether it does go deaf, `still-there.ts` tells.
test.concurrent('with pubsub.mqtt3, what comes when an app recovers before its handlers end is handled, after a restart at the latest', async () => {
  await using shop = await startKillableShop(shopOf.recoverUnderWay)
  const { app, sidecar } = shop
  await recoverUnderWay(shop, { rounds: 1 })
  await sidecar.restart()
  await untilHandled(['under-way-1', 'after-1'], app.handled, sidecar)
})

interface ShopOptions {
  ackWaitSeconds?: number
  options?: SubscribeOptions
  /** In seconds. */
  idleTimeout?: number
  /** Gets the ports of daprd's connections. */
  clients?: Set<number>
}

async function startShop(
  handler: Handler,
  { ackWaitSeconds = 1, options = {}, idleTimeout, clients }: ShopOptions = {},
) {
  await using cleanup = new AsyncDisposableStack()
  const calls: string[] = []
  let isKnown = false

  async function slow({ request }: { request: Request }): Promise<string> {
    calls.push(`${request.method} ${new URL(request.url).pathname}`)
    await Bun.sleep(9_000)
    return 'done'
  }

  const app = ({ appToken }: Daprd) =>
    new Elysia(idleTimeout === undefined ? {} : { serve: { idleTimeout } })
      .onRequest(({ request, server }) => void clients?.add(server?.requestIP(request)?.port ?? 0))
      .use(dapr({ appToken }))
      .use(
        subscribe(
          placed,
          async ({ event, signal }) => {
            if (event.id === 'first') isKnown = true
            else await handler(event.id, signal)
          },
          options,
        ),
      )
      .get('/now', () => 'now')
      .all('/slow', slow)
      .get('/patient', ({ request, server }) => {
        server?.timeout(request, 60)
        return slow({ request })
      })
  const broker = cleanup.use(await startBroker({ ackWaitSeconds }))
  const sidecar = cleanup.use(await daprd({ app: app as never, resources: [broker.component('pubsub')] }))
  while (!isKnown) {
    await publish(sidecar, placed, { number: 0 }, { id: 'first' })
    await Bun.sleep(100)
  }
  const kept = cleanup.move()
  return { sidecar, calls, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
