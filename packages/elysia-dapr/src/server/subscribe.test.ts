import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { topic } from '../contract.ts'
import { dapr } from './dapr.ts'
import { drop, retry } from './outcome.ts'
import { type SubscribeOptions, subscribe } from './subscribe.ts'

const orderPlaced = topic('pubsub', 'order-placed', Type.Object({ units: Type.Integer() }))
const orderPaid = topic('pubsub', 'order-paid', Type.Object({ cents: Type.Integer() }))

const event = {
  id: 'e1',
  source: 'orders',
  type: 'com.dapr.event.sent',
  specversion: '1.0',
  topic: 'order-placed',
  pubsubname: 'pubsub',
  data: { units: 3 },
}

function deliver(
  app: Elysia,
  body: unknown,
  { path = '/events/pubsub/order-placed', type = 'application/cloudevents+json' } = {},
) {
  const init = { method: 'POST', headers: { 'content-type': type }, body: textOf(body) }
  return app.handle(new Request(`http://localhost${path}`, init))
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** What the handler of `order-placed` is told, and what is dropped. */
function setUp(options: SubscribeOptions = {}) {
  const handled: unknown[] = []
  const dropped: unknown[] = []
  const app = new Elysia().use(dapr()).use(
    subscribe(orderPlaced, ({ data, event: { id } }) => void handled.push({ id, data }), {
      ...options,
      onDrop: ({ id }, reason) => dropped.push({ id, reason }),
    }),
  )
  return { app, handled, dropped }
}

test('an event that is handled is acknowledged', async () => {
  const { app, handled } = setUp()
  const answer = await deliver(app, event)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ status: 'SUCCESS' })
  expect(handled).toEqual([{ id: 'e1', data: { units: 3 } }])
})

test.each(['application/cloudevents+json; charset=utf-8', 'application/json', 'text/plain'])(
  'the envelope is read whatever its type: %s',
  async type => {
    const { app, handled } = setUp()
    expect(await (await deliver(app, event, { type })).json()).toEqual({ status: 'SUCCESS' })
    expect(handled).toHaveLength(1)
  },
)

test('falsy data is data', async () => {
  const received: unknown[] = []
  const counted = topic('pubsub', 'counted', Type.Union([Type.Integer(), Type.Boolean(), Type.Null()]))
  const app = new Elysia().use(subscribe(counted, ({ data }) => void received.push(data)))
  for (const data of [0, false, null]) {
    const answer = await deliver(app, { ...event, data }, { path: '/events/pubsub/counted' })
    expect(await answer.json()).toEqual({ status: 'SUCCESS' })
  }
  expect(received).toEqual([0, false, null])
})

test.each(['sync', 'async'])('a handler that throws asks for a retry: %s', async kind => {
  const fail = () => {
    throw new Error('database is locked')
  }
  const app = new Elysia().use(subscribe(orderPlaced, kind === 'sync' ? fail : async () => fail()))
  expect((await deliver(app, event)).status).toBe(500)
})

test('a handler gives an event up by drop', async () => {
  const dropped: unknown[] = []
  const app = new Elysia().use(
    subscribe(orderPlaced, async () => drop('no such order'), {
      onDrop: ({ id }, reason) => dropped.push({ id, reason }),
    }),
  )
  expect(await (await deliver(app, event)).json()).toEqual({ status: 'DROP' })
  expect(dropped).toEqual([{ id: 'e1', reason: 'no such order' }])
})

test.each([
  ['data of a wrong type', { ...event, data: { units: 'three' } }, 'e1', 'data/units: Expected integer'],
  ['no data', { ...event, data: undefined }, 'e1', 'data: Expected object'],
  ['no CloudEvent', { units: 3 }, undefined, 'not a CloudEvent: id is missing, empty or no text'],
  ['JSON null', 'null', undefined, 'not a CloudEvent'],
  ['no JSON', '{"id":', undefined, 'not a CloudEvent'],
  ['no body', '', undefined, 'not a CloudEvent'],
])('what would fail for ever is dropped at once: %s', async (_, body, id, reason) => {
  const { app, handled, dropped } = setUp()
  const answer = await deliver(app, body)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ status: 'DROP' })
  expect(handled).toEqual([])
  expect(dropped).toEqual([{ id, reason }])
})

test.each(
  ['id', 'source', 'type', 'specversion'].flatMap(name =>
    [undefined, null, '', 5, {}].map(value => [name, value] as const),
  ),
)('an event whose %s is %p is dropped: CloudEvents require it', async (name, value) => {
  const { app, handled, dropped } = setUp()
  const answer = await deliver(app, { ...event, [name]: value })
  expect(await answer.json()).toEqual({ status: 'DROP' })
  expect(handled).toEqual([])
  expect(dropped).toMatchObject([{ reason: `not a CloudEvent: ${name} is missing, empty or no text` }])
})

test('every subscription keeps its own handler', async () => {
  const seen: string[] = []
  const app = new Elysia()
    .use(subscribe(orderPlaced, () => void seen.push('placed')))
    .use(subscribe(orderPaid, () => void seen.push('paid')))
  await deliver(app, event)
  await deliver(app, { ...event, data: { cents: 5 } }, { path: '/events/pubsub/order-paid' })
  expect(seen).toEqual(['placed', 'paid'])
})

test('one app beside another of the same topic keeps its own handler', async () => {
  const first = setUp()
  const second = setUp()
  await deliver(second.app, event)
  expect(first.handled).toEqual([])
  expect(second.handled).toHaveLength(1)
})

test('an event is delivered to the route that the subscription names', async () => {
  const { app, handled } = setUp({ route: '/placed' })
  await deliver(app, event, { path: '/placed' })
  expect(handled).toHaveLength(1)
})

test('the handler sees the headers of the delivery', async () => {
  let key: string | null = null
  const app = new Elysia().use(
    subscribe(orderPlaced, ({ headers }) => {
      key = headers.get('content-type')
    }),
  )
  await deliver(app, event)
  expect(key as string | null).toBe('application/cloudevents+json')
})

test('a handler asks for a retry without an error', async () => {
  const retried: unknown[] = []
  const app = new Elysia().use(
    subscribe(orderPlaced, async () => retry('not yet'), {
      onRetry: ({ id }, reason) => retried.push({ id, reason }),
    }),
  )
  expect(await (await deliver(app, event)).json()).toEqual({ status: 'RETRY' })
  expect(retried).toEqual([{ id: 'e1', reason: 'not yet' }])
})

test('an error that stands for a 404 elsewhere asks for a retry too, and is told of with its cause', async () => {
  const failure = Object.assign(new Error('no such order'), { status: 404 })
  const seen: unknown[] = []
  const app = new Elysia()
    .onError(({ error }) => void seen.push(error))
    .use(
      subscribe(orderPlaced, () => {
        throw failure
      }),
    )
  expect((await deliver(app, event)).status).toBe(500)
  expect(seen).toMatchObject([{ name: 'CallbackError', message: 'no such order', cause: failure }])
})

test.each(['retry', 'drop'] as const)('a handler that takes too long: %s', async onTimeout => {
  const told: unknown[] = []
  const { promise: aborted, resolve } = Promise.withResolvers<unknown>()
  const tell = ({ id }: { id?: string }, reason: string) => void told.push([id, reason])
  const app = new Elysia().use(
    subscribe(
      orderPlaced,
      async ({ signal }) => {
        signal.addEventListener('abort', () => resolve(signal.reason))
        await aborted
        throw new Error('too late to count')
      },
      { timeout: 5, onTimeout, onDrop: tell, onRetry: tell },
    ),
  )
  expect(await (await deliver(app, event)).json()).toEqual({ status: onTimeout.toUpperCase() })
  expect(await aborted).toMatchObject({ name: 'TimeoutError' })
  expect(told).toEqual([['e1', 'not handled within 5 ms']])
})

test('a handler that is in time counts, and its signal stays quiet', async () => {
  let signal: AbortSignal | undefined
  const app = new Elysia().use(
    subscribe(
      orderPlaced,
      async context => {
        signal = context.signal
        return drop('in time')
      },
      { timeout: 60_000, onDrop: () => undefined },
    ),
  )
  expect(await (await deliver(app, event)).json()).toEqual({ status: 'DROP' })
  expect(signal?.aborted).toBe(false)
})

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')

test.each([
  ['JSON', base64('{"units":3}'), { units: 3 }],
  ['text', base64('žluť'), 'žluť'],
  ['nothing', '', ''],
  ['bytes', base64(Uint8Array.of(255, 0)), Uint8Array.of(255, 0)],
])('binary data are the value that they stand for: %s', async (_, data_base64, data) => {
  const seen: unknown[] = []
  const anything = topic('pubsub', 'order-placed', Type.Unknown())
  const app = new Elysia().use(subscribe(anything, ({ event }) => void seen.push(event)))
  await deliver(app, { ...event, data: undefined, data_base64 })
  expect(seen).toEqual([{ ...event, data }])
})

test.each([
  ['42', '42'],
  ['true', 'true'],
  ['"a"', 'a'],
  ['9007199254740993', '9007199254740993'],
])('binary data of a topic of texts are one, also when they could be JSON: %s', async (text, data) => {
  const seen: unknown[] = []
  const texts = topic('pubsub', 'order-placed', Type.String())
  const app = new Elysia().use(subscribe(texts, context => void seen.push(context.data), { raw: true }))
  await deliver(app, { ...event, data: undefined, data_base64: base64(text) })
  expect(seen).toEqual([data])
})

test('binary data are bytes of their own where the topic says so', async () => {
  const seen: Uint8Array[] = []
  const picture = topic('pubsub', 'order-placed', Type.Uint8Array())
  const app = new Elysia().use(subscribe(picture, ({ data }) => void seen.push(data)))
  await deliver(app, { ...event, data: undefined, data_base64: base64('{}') })
  expect(seen).toEqual([Uint8Array.of(123, 125)])
  expect(seen[0]?.buffer.byteLength).toBe(2)
})

test('binary data that are no value do not pass for an object', async () => {
  const { app, dropped } = setUp()
  await deliver(app, { ...event, data: undefined, data_base64: base64(Uint8Array.of(255)) })
  expect(dropped).toEqual([{ id: 'e1', reason: 'data: neither JSON nor text' }])
})

test('an integer that no number can hold is never rounded', async () => {
  const { app, handled, dropped } = setUp()
  const text = textOf(event).replace('3', '9007199254740993')
  await deliver(app, text)
  expect(handled).toEqual([])
  expect(dropped).toEqual([{ id: 'e1', reason: 'data/units: Expected integer' }])
})

test('what an envelope lacks of its topic is filled in', async () => {
  const seen: unknown[] = []
  const app = new Elysia().use(subscribe(orderPlaced, ({ event }) => void seen.push(event)))
  await deliver(app, { ...event, topic: undefined, pubsubname: null })
  await deliver(app, { ...event, topic: 'given-up-there' })
  expect(seen).toMatchObject([
    { topic: 'order-placed', pubsubname: 'pubsub' },
    { topic: 'given-up-there', pubsubname: 'pubsub' },
  ])
})

test('a parser of the app does not come in between', async () => {
  const { app, handled } = setUp()
  for (const read of [
    (request: Request) => request.json(),
    (request: Request) => request.text(),
    () => undefined,
  ]) {
    await deliver(new Elysia().onParse(({ request }) => read(request)).use(app), event)
  }
  expect(handled).toHaveLength(3)
})
