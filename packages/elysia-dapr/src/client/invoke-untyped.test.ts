import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { failureOf, localServer, stalledBody } from '../../test/local-server.ts'
import { InvokeError } from '../errors.ts'
import { invoke } from './invoke-untyped.ts'

test('sends what fetch would send', async () => {
  using server = localServer(async request =>
    Response.json([
      request.method,
      new URL(request.url).pathname,
      request.headers.get('x-a'),
      await request.text(),
    ]),
  )
  const init = { method: 'patch', headers: { 'x-a': '1' }, body: 'text' }
  const answer = await invoke(server.sidecar(), 'orders', '/orders/7?full=true', init)
  expect(await answer.json()).toEqual(['PATCH', '/v1.0/invoke/orders/method/orders/7', '1', 'text'])
})

test.each([200, 302, 404, 409, 500, 503])('resolves with an answer of %d', async status => {
  using server = localServer(() => new Response('body', { status, headers: { 'x-a': '1' } }))
  const answer = await invoke(server.sidecar(), 'orders', '/')
  expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([status, '1', 'body'])
})

test('an answer can be handed on', async () => {
  const headers = { 'content-encoding': 'gzip', 'content-type': 'text/plain', 'keep-alive': 'timeout=5' }
  using behind = localServer(() => new Response(gzipSync('text'.repeat(1_000)), { headers }))
  using gateway = localServer(() => invoke(behind.sidecar(), 'orders', '/'))
  const answer = await fetch(gateway.url)
  expect(await answer.text()).toBe('text'.repeat(1_000))
  expect(answer.headers.get('content-type')).toBe('text/plain')
})

test('a header of Dapr is not handed on, whoever sent it', async () => {
  using server = localServer(({ headers }) =>
    Response.json([...headers.keys(), headers.get('dapr-api-token')]),
  )
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` })
  const received = async (headers: Record<string, string>) =>
    (await (await invoke(server.sidecar({ apiToken: 'own' }), 'orders', '/', { headers })).json()) as string[]
  const dapr = {
    'dapr-app-id': 'a',
    'Dapr-Caller-App-Id': 'b',
    'dapr-callee-app-id': 'c',
    'dapr-api-token': 'd',
  }
  const forged = await received({ ...dapr, ...basic('DAPR-app-id:payments'), 'x-a': '1' })
  expect(forged.filter(name => /^dapr-|authorization|^x-a|own/.test(name)).sort()).toEqual([
    'dapr-api-token',
    'own',
    'x-a',
  ])
  expect(await received(basic('user:password'))).toContain('authorization')
  expect(await received({ authorization: 'Bearer dapr-app-id:payments' })).toContain('authorization')
})

describe('rejects with what the sidecar says in place of the app', () => {
  const says = (message: string) => ({ errorCode: 'ERR_DIRECT_INVOKE', message })

  test.each([
    [500, says('failed to invoke, id: orders, err: no host found'), 500, 'ERR_DIRECT_INVOKE', true],
    [403, says('failed to invoke, id: orders, err: denied'), 403, 'ERR_DIRECT_INVOKE', false],
    [500, says('invoke API is not ready'), 500, 'ERR_DIRECT_INVOKE', true],
    [500, says('failed to invoke, id: orders, err: stream too large'), 413, 'BODY_TOO_LARGE', false],
    [
      500,
      says('failed to invoke, id: orders, err: rpc error: http: ContentLength=5 with Body length 4'),
      413,
      'BODY_TOO_LARGE',
      false,
    ],
  ])('%#: %d', async (status, body, ...[expectedStatus, code, retryable]) => {
    const headers = { 'content-type': 'application/json' }
    using server = localServer(() => new Response(JSON.stringify(body), { status, headers }))
    const error = await failureOf(invoke(server.sidecar(), 'orders', '/orders/7?a=b'))
    expect(error).toBeInstanceOf(InvokeError)
    expect(error).toMatchObject({
      appId: 'orders',
      operation: 'GET /orders/7',
      status: expectedStatus,
      code,
      body,
      retryable,
    })
  })

  test('about the API token', async () => {
    using server = localServer(() => new Response('invalid api token\n', { status: 401 }))
    const error = await failureOf(invoke(server.sidecar(), 'orders', '/'))
    expect(error).toMatchObject({ status: 401, code: 'INVALID_API_TOKEN', retryable: false })
  })

  test.each([
    ['of a call that the app made', 500, JSON.stringify(says('failed to invoke, id: stock, err: x'))],
    ['of another building block', 500, '{"errorCode":"ERR_STATE_GET","message":"disk full"}'],
    ['that is no error', 200, JSON.stringify(says('failed to invoke, id: orders, err: x'))],
    ['that is no object', 500, 'null'],
    ['that is no JSON', 500, '{'],
    ['of a token of the app’s own', 401, 'invalid api token'],
  ])('but not with an answer %s', async (_, status, body) => {
    const headers = { 'content-type': status === 401 ? 'text/plain' : 'application/json' }
    using server = localServer(() => new Response(body, { status, headers }))
    const answer = await invoke(server.sidecar(), 'orders', '/')
    expect([answer.status, await answer.text()]).toEqual([status, body])
  })
})

describe('ends', () => {
  test('by its time-out', async () => {
    using server = localServer(stalledBody)
    const error = await failureOf(invoke(server.sidecar(), 'orders', '/', {}, { timeout: 20 }))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'TIMEOUT', retryable: true })
  })

  test.each(['init', 'options'])('by a signal of the %s', async place => {
    const abort = new AbortController()
    using server = localServer(() => {
      abort.abort()
      return stalledBody()
    })
    const { signal } = abort
    const given = place === 'init' ? ([{ signal }, {}] as const) : ([{}, { signal }] as const)
    const error = await failureOf(invoke(server.sidecar(), 'orders', '/', ...given))
    expect(error).toMatchObject({ name: 'InvokeError', code: 'ABORTED', retryable: false })
  })
})

test.each<[string, string, string, RequestInit]>([
  ['an app ID with two dots', 'a.b.c', '/', {}],
  ['a path that is no text', 'orders', '/\ud800', {}],
  ['a method that the sidecar does not know', 'orders', '/', { method: 'QUERY' }],
  ['a method that nobody may send', 'orders', '/', { method: 'TRACE' }],
  ['a GET with a body', 'orders', '/', { method: 'GET', body: 'x' }],
  ['a HEAD with a body', 'orders', '/', { method: 'HEAD', body: 'x' }],
  ['a header of two lines', 'orders', '/', { headers: { 'x-a': '1\n2' } }],
])('is not sent: %s', async (_, appId, path, init) => {
  let isSent = false
  using server = localServer(() => {
    isSent = true
    return new Response()
  })
  expect(await failureOf(invoke(server.sidecar(), appId, path, init))).toBeInstanceOf(TypeError)
  expect(isSent).toBe(false)
})
