import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { invoke } from '../../packages/elysia-dapr/src/eden.ts'
import { dapr } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { inTestSpan } from '../../packages/elysia-dapr/test/traced.ts'
import { daprd, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

const ordersApp = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(dapr({ appToken }))
    .get('/orders/:id', ({ params, request, status }) => {
      if (params.id === 'none') return status(409, { version: 8 })
      const { headers } = request
      return { id: params.id, caller: headers.get('dapr-caller-app-id'), parent: headers.get('traceparent') }
    })
    .post('/orders', ({ body }) => body, { body: t.Object({ text: t.String() }) })
    .get('/wait', () => new Promise<string>(() => undefined))

type App = ReturnType<typeof ordersApp>

const cleanup = new AsyncDisposableStack()
let caller: Daprd

beforeAll(async () => {
  const home = cleanup.use(await temporaryFolder()).path
  cleanup.use(await daprd({ home, appId: 'orders', app: ordersApp }))
  caller = cleanup.use(await daprd({ home, appId: 'caller' }))
})

afterAll(() => cleanup.disposeAsync())

test.each(['7', 'a/b', 'ü 注文 🛒', '?#%', '%2F', '../..', 'get', '+'])(
  'the parameter %j arrives',
  async id => {
    const { data, status } = await invoke<App>(caller, 'orders').orders({ id }).get()
    expect([status, data?.id, data?.caller]).toEqual([200, id, 'caller'])
  },
)

test('a body goes there and back', async () => {
  const { data } = await invoke<App>(caller, 'orders').orders.post({ text: 'ü 注文 🛒' })
  expect(data).toEqual({ text: 'ü 注文 🛒' })
})

test('the call is part of the caller’s trace', async () => {
  const { traceId, result } = await inTestSpan(() => invoke<App>(caller, 'orders').orders({ id: '7' }).get())
  expect(result.data?.parent?.split('-')[1]).toBe(traceId)
})

test('an answer of the app resolves, whatever its status', async () => {
  const { data, error, status } = await invoke<App>(caller, 'orders').orders({ id: 'none' }).get()
  expect([data, status, error?.status === 409 && error.value.version]).toEqual([null, 409, 8])
  // @ts-expect-error no text
  expect((await invoke<App>(caller, 'orders').orders.post({ text: 5 })).status).toBe(422)
})

describe('rejects', () => {
  test('for an app that nobody knows', async () => {
    const error = await failureOf(invoke<App>(caller, 'nobody').orders({ id: '7' }).get())
    expect(error).toMatchObject({ name: 'InvokeError', appId: 'nobody', code: 'ERR_DIRECT_INVOKE' })
  })

  test('for a body that is too large', async () => {
    const text = 'x'.repeat(4 * 1024 * 1024)
    const error = await failureOf(invoke<App>(caller, 'orders').orders.post({ text }))
    expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', retryable: false })
  })

  test('for an answer that takes too long', async () => {
    const error = await failureOf(invoke<App>(caller, 'orders', { timeout: 200 }).wait.get())
    expect(error).toMatchObject({ name: 'InvokeError', code: 'TIMEOUT', retryable: true })
  })

  test('when it is cancelled', async () => {
    const fetch = { signal: AbortSignal.timeout(100) }
    const error = await failureOf(invoke<App>(caller, 'orders').wait.get({ fetch }))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'ABORTED', retryable: false })
  })

  test('when the sidecar has gone', async () => {
    await using lost = await daprd({ appId: 'lost' })
    await lost.kill()
    const error = await failureOf(invoke<App>(lost, 'orders').orders({ id: '7' }).get())
    expect(error).toMatchObject({ name: 'InvokeError', code: 'UNREACHABLE', retryable: true })
  })
})
