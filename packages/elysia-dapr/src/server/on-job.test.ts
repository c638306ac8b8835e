import { describe, expect, spyOn, test } from 'bun:test'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { spans, startTracing } from '../../test/traced.ts'
import { job } from '../contract.ts'
import { fakeDaprd } from '../testing/fake.ts'
import { dapr } from './dapr.ts'
import { onJob } from './on-job.ts'
import { drop, retry } from './outcome.ts'

const work = job('work', Type.Object({ units: Type.Integer() }))

const appOf = (...parts: Elysia[]) =>
  parts.reduce(
    (app, part) => app.use(part) as unknown as Elysia,
    new Elysia().use(dapr({ appToken: 'secret' })),
  )
const daprOf = (app: Elysia) => fakeDaprd(app, { appToken: 'secret' })

describe('a job', () => {
  test('is given data, name, key and headers', async () => {
    const seen: unknown[] = []
    const app = appOf(
      onJob(work, ({ data, name, key, headers, signal }) => {
        seen.push([data, name, key, headers.get('content-type'), signal.aborted])
      }),
    )
    expect(await daprOf(app).runJob('work', { units: 1 })).toBe('SUCCESS')
    expect(await daprOf(app).runJob('work@a%20b', { units: 2 })).toBe('SUCCESS')
    expect(seen).toEqual([
      [{ units: 1 }, 'work', undefined, 'application/json', false],
      [{ units: 2 }, 'work@a b', 'a b', 'application/json', false],
    ])
  })

  test.each([
    ['throws', () => JSON.parse('{')],
    ['throws later', async () => JSON.parse('{')],
    ['asks for it', () => retry('not yet')],
    ['takes too long', () => new Promise<undefined>(() => {})],
  ])('is tried again when its handler %s', async (_, handler) => {
    const app = appOf(onJob(work, handler, { timeout: 20 }))
    expect(await daprOf(app).runJob('work', { units: 1 })).toBe('RETRY')
  })

  test('that is dropped is told on the console, unless somebody is told', async () => {
    const console_ = spyOn(console, 'error').mockImplementation(() => {})
    try {
      const app = appOf(onJob(work, () => drop('no such order')))
      expect(await daprOf(app).runJob('work@7', { units: 1 })).toBe('SUCCESS')
      expect(await daprOf(app).runJob('work', { units: 'x' })).toBe('SUCCESS')
      expect(console_.mock.calls).toEqual([
        ['job work@7 was dropped: no such order'],
        ['job work was dropped: data/units: Expected integer'],
      ])
    } finally {
      console_.mockRestore()
    }
  })

  test.each(['other', 'wor', 'works', 'work-', 'work%2D', 'work/x', ''])(
    'that nobody handles is tried again, not taken for done: %j',
    async name => {
      expect(await daprOf(appOf(onJob(work, () => undefined))).runJob(name)).toBe('RETRY')
    },
  )
})

describe('the route of a job', () => {
  const post = (app: Elysia, path: string, headers: Record<string, string>) =>
    app.handle(new Request(`http://localhost${path}`, { method: 'POST', headers, body: '{"units":1}' }))

  test.each(['/job/work', '/job/work@1', '/job/other'])('is the own sidecar’s: %s', async path => {
    const token = { 'dapr-api-token': 'secret' }
    const app = appOf(onJob(work, () => undefined))
    expect((await post(app, path, { ...token, 'dapr-caller-app-id': 'orders' })).status).toBe(403)
    expect((await post(app, path, {})).status).toBe(401)
    const open = new Elysia()
      .use(dapr({ appToken: 'secret', public: true }))
      .use(onJob(work, () => undefined)) as unknown as Elysia
    expect((await post(open, path, {})).status).toBe(401)
  })

  test('may not be there twice', async () => {
    const app = appOf(
      onJob(work, () => undefined),
      onJob(work, () => undefined),
    )
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow('two routes answer POST /job/work')
    await app.stop(true)
  })

  test('may not be below a prefix', async () => {
    const app = appOf(new Elysia({ prefix: '/api' }).use(onJob(work, () => undefined)) as unknown as Elysia)
    expect(() => app.listen({ hostname: '127.0.0.1', port: 0 })).toThrow(
      'daprd calls /job/work, which is /api/job/work here',
    )
    await app.stop(true)
  })
})

test.each([0, -1, Number.NaN, 2 ** 31])('no timeout is %p', timeout => {
  expect(() => onJob(work, () => undefined, { timeout })).toThrow(TypeError)
})

test.each(['', '.', '..', 'a b', 'a@b', 'a/b', 'ü', 'a%41', 'a*', ':a'])('no job is called %j', name => {
  expect(() => job(name, Type.Null())).toThrow(TypeError)
})

test('the handler runs in a span of the trace that the job came with', async () => {
  const end = startTracing()
  try {
    const app = appOf(onJob(work, ({ key }) => (key ? retry('not yet') : undefined)))
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    for (const path of ['/job/work', '/job/work@1']) {
      const headers = { 'dapr-api-token': 'secret', traceparent }
      await app.handle(
        new Request(`http://localhost${path}`, { method: 'POST', headers, body: '{"units":1}' }),
      )
    }
    const [done, again] = spans.getFinishedSpans()
    expect(done?.name).toBe('job work')
    expect(done?.kind).toBe(SpanKind.CONSUMER)
    expect(done?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(done?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
    expect(done?.attributes).toEqual({ 'dapr.job.name': 'work' })
    expect(done?.status.code).toBe(SpanStatusCode.UNSET)
    expect(again?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'not yet' })
  } finally {
    end()
  }
})
