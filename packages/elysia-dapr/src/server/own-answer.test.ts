import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia, NotFoundError, status } from 'elysia'
import { topic } from '../contract.ts'
import { dapr } from './dapr.ts'
import { onBinding } from './on-binding.ts'
import { onJob } from './on-job.ts'
import { drop, retry } from './outcome.ts'
import { subscribe } from './subscribe.ts'
import { subscribeBulk } from './subscribe-bulk.ts'

const placed = topic('pubsub', 'placed', Type.Object({ units: Type.Integer() }))
const paid = topic('pubsub', 'paid', Type.Object({ units: Type.Integer() }))
const work = { kind: 'job', name: 'work', data: Type.Unknown() } as const
const file = { kind: 'binding', name: 'file', data: Type.Unknown(), response: Type.Unknown() } as const

const event = (units: number) => ({
  ...{ id: 'e1', source: 's', type: 't', specversion: '1.0' },
  data: { units },
})

/** 1 is retried, 2 is dropped, 3 fails. */
function judge(units: number) {
  if (units === 1) return retry('later')
  if (units === 2) return drop('no')
  if (units === 3) throw new Error('the password is in here')
  return undefined
}

const quiet = { onDrop: () => undefined }
const callbacks = () =>
  new Elysia()
    .use(dapr({ appToken: 'secret', public: true }))
    .use(subscribe(placed, ({ data }) => judge(data.units), quiet))
    .use(subscribeBulk(paid, ({ entries }) => entries.map(({ data }) => judge(data.units)), quiet))
    .use(onJob(work, () => retry('later')))
    .use(onBinding(file, () => retry('later'))) as unknown as Elysia

const envelope = ({ response }: { response?: unknown }) => ({ data: response })
const answered = ({ response }: { response?: unknown }) => Response.json({ data: response })

// Elysia's types have no name for an app of any hooks.
type Wrap = (app: Elysia) => unknown
const wraps: [string, Wrap][] = [
  ['none', app => app.use(callbacks())],
  ['onAfterHandle', app => app.onAfterHandle(envelope).use(callbacks())],
  ['a global onAfterHandle', app => app.onAfterHandle({ as: 'global' }, envelope).use(callbacks())],
  [
    'a scoped one beside',
    app => app.use(new Elysia().onAfterHandle({ as: 'scoped' }, envelope)).use(callbacks()),
  ],
  ['an async onAfterHandle', app => app.onAfterHandle(async context => envelope(context)).use(callbacks())],
  ['mapResponse', app => app.mapResponse(answered).use(callbacks())],
  ['a global mapResponse', app => app.mapResponse({ as: 'global' }, answered).use(callbacks())],
  ['mapResponse after them', app => app.use(callbacks()).mapResponse({ as: 'global' }, answered)],
  ['an async mapResponse', app => app.mapResponse(async context => answered(context)).use(callbacks())],
  ['both', app => app.onAfterHandle(envelope).mapResponse(answered).use(callbacks())],
  [
    'another status',
    app =>
      app
        .onAfterHandle(({ set }) => {
          set.status = 404
        })
        .use(callbacks()),
  ],
  ['onError with a body', app => app.onError(() => ({ ok: true })).use(callbacks())],
  ['onError with a success', app => app.onError(() => new Response('all is well')).use(callbacks())],
  ['onError with a 404', app => app.onError(() => status(404, 'not here')).use(callbacks())],
  [
    'onError and mapResponse',
    app =>
      app
        .onError(() => undefined)
        .mapResponse(answered)
        .use(callbacks()),
  ],
  [
    'onError in an app that uses dapr() in another',
    app => app.onError({ as: 'global' }, () => Response.json({})).use(new Elysia().use(callbacks())),
  ],
  ['a group', app => app.onAfterHandle(envelope).group('', group => group.use(callbacks()))],
]

describe('a callback answers what it decided', () => {
  test.each(wraps)('with %s', async (_, wrap) => {
    const app = wrap(new Elysia()) as Elysia
    const post = (path: string, body: unknown) =>
      ask(app, path, { method: 'POST', body: JSON.stringify(body) })
    const one = (units: number) => post('/events/pubsub/placed', event(units))
    expect(await one(0)).toEqual([200, { status: 'SUCCESS' }])
    expect(await one(1)).toEqual([200, { status: 'RETRY' }])
    expect(await one(2)).toEqual([200, { status: 'DROP' }])
    expect(await one(3)).toEqual([500, expect.not.stringContaining('password')])
    const many = (units: number) =>
      post('/events/pubsub/paid', { entries: [{ entryId: 'a', event: event(units) }] })
    expect(await many(2)).toEqual([200, { statuses: [{ entryId: 'a', status: 'DROP' }] }])
    expect((await many(3))[0]).toBe(500)
    expect((await post('/job/work', 1))[0]).toBe(500)
    expect((await post('/job/other', 1))[0]).toBe(500)
    expect((await post('/file', 1))[0]).toBe(500)
    expect((await ask(app, '/file', { method: 'OPTIONS' }))[0]).toBe(200)
    expect(await ask(app, '/dapr/subscribe')).toEqual([
      200,
      [placed, paid].map(({ name }) => expect.objectContaining({ topic: name })),
    ])
    expect(await ask(app, '/dapr/config')).toEqual([200, {}])
    expect(await ask(app, '/healthz')).toEqual([204, ''])
    expect((await ask(app, '/dapr/subscribe', { headers: { 'dapr-api-token': 'wrong' } }))[0]).toBe(401)
  })

  test.each<[string, Wrap]>([
    ['onBeforeHandle answers', app => app.onBeforeHandle(() => 'closed')],
    ['onBeforeHandle says 404', app => app.onBeforeHandle(() => status(404))],
    ['onTransform throws', app => app.onTransform(() => notFound())],
    ['onAfterHandle throws', app => app.onAfterHandle(() => notFound())],
  ])('nothing is lost where %s', async (_, wrap) => {
    const app = (wrap(new Elysia()) as Elysia).use(callbacks()) as unknown as Elysia
    const init = { method: 'POST', body: JSON.stringify(event(0)) }
    expect((await ask(app, '/events/pubsub/placed', init))[0]).toBe(500)
  })
})

test('every onError is told of what failed, until one answers', async () => {
  const told: unknown[] = []
  const app = new Elysia()
    .onError(({ error }) => void told.push(error))
    .onError(({ error }) => {
      told.push(error)
      return 'told'
    })
    .onError(({ error }) => void told.push(error))
    .use(callbacks()) as unknown as Elysia
  const init = { method: 'POST', body: JSON.stringify(event(3)) }
  expect((await ask(app, '/events/pubsub/placed', init))[0]).toBe(500)
  const failure = { name: 'CallbackError', cause: { message: 'the password is in here' } }
  expect(told).toMatchObject([failure, failure])
})

function notFound(): never {
  throw new NotFoundError()
}

async function ask(app: Elysia, path: string, init: RequestInit = {}): Promise<[number, unknown]> {
  const headers = { 'dapr-api-token': 'secret', ...(init.headers as Record<string, string>) }
  const answer = await app.handle(new Request(`http://localhost${path}`, { ...init, headers }))
  const text = await answer.text()
  return [
    answer.status,
    answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text,
  ]
}
