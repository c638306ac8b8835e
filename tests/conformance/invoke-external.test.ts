import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { client, endpoint, invoke } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd, Resource } from '../../packages/elysia-dapr/src/testing/index.ts'
import { selfSigned } from './certificate.ts'
import { daprd, failureOf } from './environment.ts'

setDefaultTimeout(60_000)

interface Echo {
  url: string
  headers: Record<string, string>
}

function answer(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname.endsWith('/moved')) return new Response(null, { status: 302, headers: { location: '/there' } })
  const status = Number(searchParams.get('status') ?? 200)
  return Response.json({ url: request.url, headers: Object.fromEntries(request.headers) }, { status })
}

const contract = {
  getItem: endpoint({
    method: 'GET',
    path: '/items/:id',
    params: Type.Object({ id: Type.String() }),
    response: Type.Object({ url: Type.String() }),
  }),
}

const plain = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
const address = plain.url.origin
const cleanup = new AsyncDisposableStack()
cleanup.defer(() => plain.stop(true))
let secure: Bun.Server<undefined>
let caller: Daprd

beforeAll(async () => {
  const { cert, key } = selfSigned()
  secure = Bun.serve({ hostname: '127.0.0.1', port: 0, tls: { cert, key }, fetch: answer })
  cleanup.defer(() => secure.stop(true))
  const app = { port: plain.port ?? 0 }
  const resources = [
    httpEndpoint('items', { baseUrl: `${address}/v2`, headers: [{ name: 'x-api-key', value: 'secret' }] }),
    httpEndpoint('items.v2', { baseUrl: address }),
    httpEndpoint('items-tls', { baseUrl: secure.url.origin, clientTLS: { rootCA: { value: cert } } }),
    httpEndpoint('items-untrusted', { baseUrl: secure.url.origin }),
  ]
  caller = cleanup.use(await daprd({ appId: 'caller', app, resources }))
})

afterAll(() => cleanup.disposeAsync())

async function echoed(appId: string, path: string, init?: RequestInit): Promise<Echo> {
  return (await (await invoke(caller, appId, path, init)).json()) as Echo
}

describe('an address', () => {
  test.each([
    ['', '/a%2Fb/%C3%A4?q=%2F'],
    ['/v2', '/a%2Fb/%C3%A4?q=%2F'],
    ['/v2/', '/a'],
    ['/of/method/x', '/a'],
    ['', '/'],
  ])('with the base %j and the path %s', async (base, path) => {
    const { url } = await echoed(address + base, path)
    expect(url).toBe(address + base.replace(/\/$/, '') + path)
  })

  test('takes a contract', async () => {
    const { data } = await client(caller, address, contract).getItem({ params: { id: 'a/b' } })
    expect(data.url).toBe(`${address}/items/a%2Fb`)
  })

  test('answers with any status and follows no redirect', async () => {
    expect((await invoke(caller, address, '/?status=409')).status).toBe(409)
    expect((await invoke(caller, address, '/moved')).headers.get('location')).toBe('/there')
  })

  test('gets the headers of the call and no name of the caller', async () => {
    const { headers } = await echoed(address, '/', { headers: { authorization: 'Bearer x' } })
    expect(headers).toMatchObject({ authorization: 'Bearer x', traceparent: expect.any(String) })
    expect(Object.keys(headers).filter(name => name.includes('app-id'))).toEqual([])
    expect(Object.values(headers)).not.toContain(caller.apiToken)
  })

  // Why the documentation of `invoke` asks for a resource.
  test('gets the app API token from daprd', async () => {
    expect((await echoed(address, '/')).headers['dapr-api-token']).toBe(caller.appToken)
  })

  test('that nobody answers at rejects', async () => {
    const silent = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    await silent.stop(true)
    expect(await failureOf(invoke(caller, `http://127.0.0.1:${silent.port}/`, '/'))).toMatchObject({
      name: 'InvokeError',
      appId: `http://127.0.0.1:${silent.port}`,
      code: 'ERR_DIRECT_INVOKE',
      retryable: true,
    })
  })

  // The other reason.
  test('may have any certificate when the app itself is served over TLS', async () => {
    const app = { port: secure.port ?? 0 }
    await using other = await daprd({ appId: 'tls', app, args: ['--app-protocol', 'https'] })
    expect((await invoke(other, secure.url.origin, '/')).status).toBe(200)
  })

  test('whose certificate nobody trusts rejects', async () => {
    const error = await failureOf(invoke(caller, secure.url.origin, '/'))
    expect(error).toMatchObject({
      code: 'ERR_DIRECT_INVOKE',
      body: { message: expect.stringContaining('certificate') },
    })
  })
})

describe('an HTTPEndpoint resource', () => {
  test('adds its address and its headers, and keeps the app API token', async () => {
    const { url, headers } = await echoed('items', '/a%2Fb?q=1', { headers: { 'x-api-key': 'forged' } })
    expect(url).toBe(`${address}/v2/a%2Fb?q=1`)
    expect(headers['x-api-key']).toBe('secret')
    expect(Object.values(headers)).not.toContain(caller.appToken)
    expect(Object.values(headers)).not.toContain(caller.apiToken)
  })

  test('takes a contract', async () => {
    const { data } = await client(caller, 'items', contract).getItem({ params: { id: 'ä' } })
    expect(data.url).toBe(`${address}/v2/items/%C3%A4`)
  })

  // Other than an address and an app.
  test('follows redirects', async () => {
    expect((await echoed('items', '/moved')).url).toBe(`${address}/there`)
  })

  test('has a certificate authority of its own', async () => {
    expect((await echoed('items-tls', '/')).url).toBe(`${secure.url.origin}/`)
    expect(await failureOf(invoke(caller, 'items-untrusted', '/'))).toMatchObject({
      code: 'ERR_DIRECT_INVOKE',
      body: { message: expect.stringContaining('certificate') },
    })
  })

  // daprd takes what follows for a namespace.
  test('is found by what stands before a dot in its name', async () => {
    expect((await echoed('items.v2', '/a')).url).toBe(`${address}/v2/a`)
  })
})

function httpEndpoint(name: string, spec: Record<string, unknown>): Resource {
  return { apiVersion: 'dapr.io/v1alpha1', kind: 'HTTPEndpoint', metadata: { name }, spec }
}
