import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  type BindingError,
  binding,
  dapr as daprPlugin,
  drop,
  invokeBinding,
  onBinding,
  retry,
  sidecar,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually, failureOf, temporaryFolder } from './environment.ts'

setDefaultTimeout(60_000)

describe('an output binding', () => {
  const Charge = Type.Object({ cents: Type.Integer() })
  const payments = binding('payments', { data: Charge, response: Charge })
  const anyPayments = binding('payments')
  const cleanup = new AsyncDisposableStack()
  const asked: { method: string; path: string; body: string; traceparent: string | null }[] = []
  let dapr: Daprd

  beforeAll(async () => {
    const home = cleanup.use(await temporaryFolder())
    const upstream = cleanup.use(
      Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        async fetch(request) {
          const { pathname } = new URL(request.url)
          const body = await request.text()
          asked.push({
            method: request.method,
            path: pathname,
            body,
            traceparent: request.headers.get('traceparent'),
          })
          const status = Number(pathname.slice(1)) || 200
          if (status === 204) return new Response(null, { status })
          return new Response(body || 'ü', {
            status,
            headers: { 'x-charge': '42', 'content-type': 'application/json' },
          })
        },
      }),
    )
    dapr = cleanup.use(
      await daprd({
        resources: [
          component('payments', 'bindings.http', { url: upstream.url.origin }),
          component('files', 'bindings.localstorage', { rootPath: join(home.path, 'files') }),
        ],
      }),
    )
  })

  afterAll(() => cleanup.disposeAsync())

  test('is given data and answers data, both typed, and metadata', async () => {
    asked.length = 0
    const answer = await invokeBinding(
      dapr,
      payments,
      'post',
      { cents: 5 },
      { metadata: { path: '/charges' } },
    )
    expect(answer.data).toEqual({ cents: 5 })
    expect(answer.metadata).toMatchObject({ statuscode: '200', 'x-charge': '42' })
    expect(asked).toMatchObject([{ method: 'POST', path: '/charges', body: '{"cents":5}' }])
  })

  test.each([0, false, '', null, [], 'ü'].map(data => [data]))('is given %j', async data => {
    const { data: echo } = await invokeBinding(dapr, anyPayments, 'post', data)
    expect(echo).toEqual(data)
  })

  test('may answer nothing, or text', async () => {
    const nothing = await invokeBinding(dapr, anyPayments, 'get', undefined, { metadata: { path: '/204' } })
    expect(nothing.data).toBeUndefined()
    expect((await invokeBinding(dapr, anyPayments, 'get')).data).toBe('ü')
  })

  test('is given numbers as daprd rounds them', async () => {
    asked.length = 0
    const init = { method: 'POST', body: '{"operation":"post","data":9007199254740993}' }
    expect((await dapr.request('/v1.0/bindings/payments', init)).status).toBe(200)
    expect(asked[0]?.body).toBe('9007199254740992')
  })

  test.each([
    [400, false],
    [404, false],
    [429, true],
    [500, true],
    [503, true],
  ])('that answers %d rejects with what it told, retryable: %p', async (status, retryable) => {
    const options = { metadata: { path: `/${status}` } }
    const error = (await failureOf(
      invokeBinding(dapr, anyPayments, 'post', { a: 1 }, options),
    )) as BindingError
    expect(error).toMatchObject({
      name: 'BindingError',
      code: 'ERR_INVOKE_OUTPUT_BINDING',
      status: 500,
      retryable,
    })
    expect(error.metadata).toMatchObject({ statuscode: `${status}`, 'x-charge': '42' })
  })

  test('tells the body of a failure where it is asked to', async () => {
    const options = { metadata: { path: '/409', errorIfNot2XX: 'false' } }
    const answer = await invokeBinding(dapr, anyPayments, 'post', { why: 'x' }, options)
    expect([answer.metadata.statuscode, answer.data]).toEqual(['409', { why: 'x' }])
  })

  test('whose answer does not fit rejects', async () => {
    const error = await failureOf(invokeBinding(dapr, payments, 'post', { cents: 'x' } as never))
    expect(error).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      status: 200,
      retryable: false,
      body: { cents: 'x' },
    })
  })

  test('answers bytes for a schema of bytes', async () => {
    const files = binding('files')
    const metadata = { fileName: 'a' }
    const bytes = Buffer.from([0, 255, 128, 10])
    await invokeBinding(dapr, files, 'create', bytes.toString('base64'), {
      metadata: { ...metadata, decodeBase64: 'true' },
    })
    const typed = binding('files', { response: Type.Uint8Array() })
    expect((await invokeBinding(dapr, typed, 'get', undefined, { metadata })).data).toEqual(
      new Uint8Array(bytes),
    )
    await invokeBinding(dapr, files, 'delete', undefined, { metadata })
    expect(await failureOf(invokeBinding(dapr, files, 'get', undefined, { metadata }))).toMatchObject({
      name: 'BindingError',
      message: expect.stringContaining('file not found'),
      metadata: {},
    })
  })

  test('that is not there, or cannot do that, rejects', async () => {
    const nowhere = await failureOf(invokeBinding(dapr, binding('nowhere'), 'get'))
    expect(nowhere).toMatchObject({
      message: expect.stringContaining("couldn't find output binding nowhere"),
    })
    const flying = await failureOf(invokeBinding(dapr, anyPayments, 'fly'))
    expect(flying).toMatchObject({ message: expect.stringContaining('does not support operation fly') })
    const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })
    expect(await failureOf(invokeBinding(stranger, anyPayments, 'get'))).toMatchObject({
      name: 'DaprError',
      status: 401,
    })
  })
})

describe('an input binding', () => {
  const every = (name: string, metadata = {}) =>
    component(name, 'bindings.cron', { schedule: '@every 1s', ...metadata })
  /** Tries again twice what the app does not answer with 200. */
  const resiliency = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Resiliency',
    metadata: { name: 'retries' },
    spec: {
      policies: { retries: { twice: { policy: 'constant', duration: '50ms', maxRetries: 2 } } },
      targets: {
        components: Object.fromEntries(
          ['failing', 'created', 'dropping', 'invalid'].map(name => [name, { inbound: { retry: 'twice' } }]),
        ),
      },
    },
  }

  const times = {
    clock: [],
    routed: [],
    failing: [],
    created: [],
    dropping: [],
    invalid: [],
    unasked: [],
  } as {
    [name: string]: number[]
  }
  const seen: unknown[] = []
  const dropped: unknown[] = []
  const count = (name: string) => void times[name]?.push(performance.now())
  const cleanup = new AsyncDisposableStack()
  let dapr: Daprd

  beforeAll(async () => {
    const onDrop = (data: unknown, reason: string) => void dropped.push({ data, reason })
    const app = ({ appToken }: { appToken: string }) =>
      new Elysia()
        .use(daprPlugin({ appToken }))
        .use(
          onBinding(binding('clock'), ({ data, headers }) => {
            count('clock')
            seen.push({ data, time: headers.get('readtimeutc') })
          }),
        )
        .use(onBinding(binding('routed'), () => count('routed'), { route: '/on/tick' }))
        .use(
          onBinding(binding('failing'), () => {
            count('failing')
            if ((times.failing?.length ?? 0) % 2 === 1) return retry('not yet')
            throw new Error('not yet')
          }),
        )
        .use(
          onBinding(
            binding('dropping'),
            () => {
              count('dropping')
              return drop('for good')
            },
            { onDrop },
          ),
        )
        .use(onBinding(binding('invalid', { data: Type.Integer() }), () => count('invalid'), { onDrop }))
        .options('/created', () => '')
        .post('/created', ({ set }) => {
          count('created')
          set.status = 201
        })
        .post('/unasked', () => count('unasked')) as unknown as Elysia
    const names = ['clock', 'failing', 'dropping', 'invalid', 'created', 'unasked']
    const routed = every('routed', { route: '/on/tick' })
    dapr = cleanup.use(
      await daprd({ app, resources: [...names.map(name => every(name)), routed, resiliency] }),
    )
  })

  afterAll(() => cleanup.disposeAsync())

  const called = (name: string, calls: number) =>
    eventually(() => ((times[name]?.length ?? 0) >= calls ? times[name]?.slice(0, calls) : undefined))

  test('is asked for by OPTIONS and delivers what it reads', async () => {
    await called('clock', 2)
    expect(seen[0]).toEqual({ data: undefined, time: expect.stringMatching(/^20/) })
    expect(dapr.log()).toContain('app has not subscribed to binding unasked')
    expect(times.unasked).toEqual([])
  })

  test('delivers to the route of its component', async () => {
    await called('routed', 1)
  })

  test('is tried again when its handler throws or asks for it', async () => {
    const [first = 0, , third = 0] = await called('failing', 3)
    expect(third - first).toBeLessThan(900)
  })

  test('takes no other status than 200 for done', async () => {
    const [first = 0, , third = 0] = await called('created', 3)
    expect(third - first).toBeLessThan(900)
  })

  test('is not tried again when its handler drops, or for data that do not fit', async () => {
    for (const name of ['dropping', 'invalid']) times[name] = []
    dropped.length = 0
    const [first = 0, second = 0] = await called('dropping', 2)
    expect(second - first).toBeGreaterThan(500)
    for (const reason of ['for good', 'data: Expected integer'])
      await eventually(() => dropped.find(event => Bun.deepEquals(event, { data: undefined, reason })))
    expect(times.invalid).toEqual([])
  })
})
