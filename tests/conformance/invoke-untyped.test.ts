import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { type InvokeError, invoke } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import { daprd, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

interface Echo {
  method: string
  path: string
  headers: Record<string, string>
}

const echo = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    const { pathname, search, searchParams } = new URL(request.url)
    if (pathname === '/hang') return await hang(request)
    if (pathname === '/bytes') return new Response(await request.arrayBuffer(), { headers: { 'x-a': 'b' } })
    if (pathname === '/form') return Response.json(Object.fromEntries(await formOf(request)))
    if (pathname === '/size') return new Response(new Uint8Array(Number(searchParams.get('size'))))
    if (pathname === '/moved') return new Response(null, { status: 302, headers: { location: '/bytes' } })
    const status = Number(searchParams.get('status') ?? 200)
    const headers = Object.fromEntries(request.headers)
    return Response.json({ method: request.method, path: pathname + search, headers }, { status })
  },
})

async function formOf(request: Request): Promise<[string, string][]> {
  const entries = [...(await request.formData()).entries()]
  const textOf = async (value: string | File) => (typeof value === 'string' ? value : await value.text())
  return await Promise.all(
    entries.map(async ([name, value]) => [name, await textOf(value)] as [string, string]),
  )
}

const reached = Promise.withResolvers<void>()
const givenUp = Promise.withResolvers<void>()

/** Never answers; says when it was reached, and when nobody waits for it any more. */
function hang({ signal }: Request): Promise<Response> {
  signal.addEventListener('abort', () => givenUp.resolve())
  reached.resolve()
  return new Promise(() => undefined)
}

const cleanup = new AsyncDisposableStack()
let home: string
let caller: Daprd

beforeAll(async () => {
  home = cleanup.use(await temporaryFolder()).path
  cleanup.use(await daprd({ home, appId: 'echo', app: { port: echo.port ?? 0 } }))
  caller = cleanup.use(await daprd({ home, appId: 'caller' }))
})

afterAll(async () => {
  await cleanup.disposeAsync()
  await echo.stop(true)
})

async function echoed(path: string, init?: RequestInit): Promise<Echo> {
  return (await (await invoke(caller, 'echo', path, init)).json()) as Echo
}

test.each([
  ['/', '/'],
  ['/orders/7?q=%2F&r=a+b', '/orders/7?q=%2F&r=a+b'],
  ['orders', '/orders'],
  ['/a%2Fb%3F%23%25', '/a%2Fb%3F%23%25'],
  ['/ä 注文/🛒?ä=🛒', '/%C3%A4%20%E6%B3%A8%E6%96%87/%F0%9F%9B%92?%C3%A4=%F0%9F%9B%92'],
  ['/..%2f..%2f', '/..%2f..%2f'],
  ['/v1.0/state/x', '/v1.0/state/x'],
  // What daprd cleans.
  ['/a//b/', '/a/b'],
])('the path %s arrives as %s', async (path, arrives) => {
  expect((await echoed(path)).path).toBe(arrives)
})

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'patch'])('%s is forwarded', async method => {
  expect((await echoed('/', { method })).method).toBe(method.toUpperCase())
})

test('HEAD is forwarded', async () => {
  const answer = await invoke(caller, 'echo', '/', { method: 'HEAD' })
  expect([answer.status, await answer.text()]).toEqual([200, ''])
})

test('any bytes go there and back', async () => {
  const body = new Uint8Array(4 * 1024 * 1024).map((_, index) => index % 251)
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await invoke(caller, 'echo', '/bytes', { method: 'POST', headers, body })
  expect(answer.headers.get('x-a')).toBe('b')
  expect(Bun.hash(await answer.arrayBuffer())).toBe(Bun.hash(body))
})

test('a stream goes there as it comes', async () => {
  const chunks = Array.from({ length: 16 }, (_, index) => new Uint8Array(64 * 1024).fill(index))
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  const answer = await invoke(caller, 'echo', '/bytes', init)
  expect(Bun.hash(await answer.arrayBuffer())).toBe(Bun.hash(Buffer.concat(chunks)))
})

test('bodies of many calls at once stay apart, and so do answers that nobody waits for any more', async () => {
  const call = async (index: number) => {
    const body = new Uint8Array(1 + ((index * 7_919) % 300_000)).fill(index)
    const giveUp = new AbortController()
    const signal = index % 5 === 0 ? giveUp.signal : AbortSignal.timeout(30_000)
    const answer = await invoke(caller, 'echo', '/bytes', { method: 'POST', body, signal })
    if (index % 5 === 0) return giveUp.abort()
    expect(Bun.hash(await answer.arrayBuffer())).toBe(Bun.hash(body))
  }
  for (const round of [0, 1, 2])
    await Promise.all(Array.from({ length: 64 }, (_, index) => call(64 * round + index)))
})

test('a form with a file goes there', async () => {
  const body = new FormData()
  body.set('name', 'ä 注文')
  body.set('file', new File(['content 🛒'], 'a.txt'))
  const answer = await invoke(caller, 'echo', '/form', { method: 'POST', body })
  expect(await answer.json()).toEqual({ name: 'ä 注文', file: 'content 🛒' })
})

test('a body beyond 4 MiB is too large, an answer is not', async () => {
  const size = 4 * 1024 * 1024 + 1
  const init = { method: 'POST', body: new Uint8Array(size) }
  const error = (await failureOf(invoke(caller, 'echo', '/bytes', init))) as InvokeError
  expect([error.name, error.status, error.code]).toEqual(['InvokeError', 413, 'BODY_TOO_LARGE'])
  const answer = await invoke(caller, 'echo', `/size?size=${size}`)
  expect((await answer.arrayBuffer()).byteLength).toBe(size)
})

test.each([201, 400, 401, 404, 409, 500, 503])('%d is an answer', async status => {
  const answer = await invoke(caller, 'echo', `/?status=${status}`)
  expect(answer.status).toBe(status)
  expect(((await answer.json()) as Echo).path).toBe(`/?status=${status}`)
})

test('a redirect is not followed', async () => {
  const answer = await invoke(caller, 'echo', '/moved')
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/bytes'])
})

test('the app gets the caller’s headers and those of the mesh', async () => {
  const given = { 'x-a': 'b', authorization: 'Bearer x', cookie: 'c=d', accept: 'text/plain' }
  const { headers } = await echoed('/', { headers: given })
  expect(headers).toMatchObject({
    ...given,
    'dapr-caller-app-id': 'caller',
    'dapr-callee-app-id': 'echo',
    'dapr-caller-namespace': 'default',
    traceparent: expect.stringMatching(/^00-/),
  })
  expect(headers['dapr-api-token']).not.toBe(caller.apiToken)
})

test('who hands on the headers of a stranger, hands on none of Dapr', async () => {
  const forged = {
    'dapr-app-id': 'other',
    'dapr-caller-app-id': 'admin',
    'dapr-caller-namespace': 'admin',
    'dapr-callee-app-id': 'other',
    'dapr-api-token': 'forged',
    authorization: `Basic ${btoa('dapr-app-id:other')}`,
  }
  const { headers } = await echoed('/', { headers: forged })
  expect(headers['dapr-caller-app-id']).toBe('caller')
  expect(headers['dapr-caller-namespace']).toBe('default')
  expect(headers['dapr-callee-app-id']).toBe('echo')
  // daprd by itself puts the forged name beside the true one, in either order.
  const raw = await caller.request('/v1.0/invoke/echo/method/', {
    headers: { 'dapr-caller-app-id': 'admin' },
  })
  const names = ((await raw.json()) as Echo).headers['dapr-caller-app-id']?.split(', ')
  expect(names?.sort()).toEqual(['admin', 'caller'])
})

test('a call that is given up is given up at the app as well', async () => {
  const abort = new AbortController()
  const call = failureOf(invoke(caller, 'echo', '/hang', {}, { signal: abort.signal }))
  await reached.promise
  abort.abort()
  expect(await call).toMatchObject({ code: 'ABORTED' })
  await givenUp.promise
})

test('an app that nobody knows rejects', async () => {
  expect(await failureOf(invoke(caller, 'nobody', '/orders/7?a=b'))).toMatchObject({
    name: 'InvokeError',
    operation: 'GET /orders/7',
    code: 'ERR_DIRECT_INVOKE',
    status: 500,
    retryable: true,
  })
})

test('an app that does not let the caller in rejects, and no retry helps', async () => {
  const accessControl = { defaultAction: 'deny', trustDomain: 'public' }
  await using _ = await daprd({
    home,
    appId: 'closed',
    app: { port: echo.port ?? 0 },
    configuration: { accessControl },
  })
  expect(await failureOf(invoke(caller, 'closed', '/'))).toMatchObject({
    code: 'ERR_DIRECT_INVOKE',
    status: 403,
    retryable: false,
  })
})

test('the failure of a call that the app makes itself is the app’s answer', async () => {
  const relay = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async () => await caller.request('/v1.0/invoke/nobody/method/x'),
  })
  const away = cleanup.use(await temporaryFolder()).path
  await using _ = await daprd({ home: away, appId: 'relay', app: { port: relay.port ?? 0 } })
  await using other = await daprd({ home: away, appId: 'other' })
  const answer = await invoke(other, 'relay', '/')
  expect([answer.status, await answer.json()]).toMatchObject([500, { errorCode: 'ERR_DIRECT_INVOKE' }])
  await relay.stop(true)
})
