import { describe, expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import { type CloudEvent, InvokeError } from 'elysia-dapr'
import {
  eventOf,
  orderIdOf,
  placedOrder,
  type TemporaryStore,
  temporaryStore,
} from '../test/temporary-store.ts'
import { createApp, type Dependencies } from './app.ts'

const body = {
  customerId: 'ALFKI',
  lines: [
    { productId: 4, quantity: 2 },
    { productId: 3, quantity: 1 },
  ],
}

function setUp({ store }: TemporaryStore, changes: Partial<Dependencies> = {}) {
  const told = { committed: 0, deadLetters: [] as CloudEvent[] }
  let ids = 0
  const { lines, totalCents, placedAt } = placedOrder(1)
  const app = createApp({
    log: createLogger('orders', 'silent'),
    store,
    quote: async () => ({ lines, totalCents }),
    committed: () => {
      told.committed += 1
    },
    keepDeadLetter: event => told.deadLetters.push(event) > 0,
    now: () => new Date(placedAt),
    newId: () => {
      ids += 1
      return orderIdOf(ids)
    },
    ...changes,
  })

  async function send(method: string, path: string, init: RequestInit = {}) {
    const answer = await app.handle(new Request(`http://localhost${path}`, { method, ...init }))
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never }
  }

  const place = (key?: string, order: unknown = body) =>
    send('POST', '/orders', {
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(order),
    })

  const deliver = (topic: string, id: string, data: unknown) =>
    send('POST', `/events/pubsub/${topic}`, {
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(eventOf(id, topic, data)),
    })

  return { send, place, deliver, told }
}

describe('placing an order', () => {
  test('answers it as placed, with its place', async () => {
    using opened = temporaryStore()
    const { place, send, told } = setUp(opened)
    const answer = await place('k1')
    expect([answer.status, answer.headers.get('location')]).toEqual([202, `/orders/${orderIdOf(1)}`])
    expect(answer.body).toEqual(placedOrder(1) as never)
    expect(told.committed).toBe(1)
    expect((await send('GET', `/orders/${orderIdOf(1)}`)).body).toEqual(placedOrder(1) as never)
  })

  test('again under its key answers the first one', async () => {
    using opened = temporaryStore()
    const { place, told } = setUp(opened)
    await place('k1')
    const again = await place('k1')
    expect(again.status).toBe(200)
    expect(again.body).toEqual(placedOrder(1) as never)
    expect(told.committed).toBe(1)
    expect((await place('k2')).body).toMatchObject({ id: orderIdOf(2) })
  })

  test('twice at once answers one and the same', async () => {
    using opened = temporaryStore()
    const { lines, totalCents } = placedOrder(1)
    const quoted = Promise.withResolvers<{ lines: typeof lines; totalCents: number }>()
    const { place, told } = setUp(opened, { quote: () => quoted.promise })
    const both = [place('k1'), place('k1')]
    quoted.resolve({ lines, totalCents })
    const answers = await Promise.all(both)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 202])
    expect(answers[0]?.body).toEqual(answers[1]?.body as never)
    expect(told.committed).toBe(1)
  })

  test('another one under a used key is refused', async () => {
    using opened = temporaryStore()
    const { place } = setUp(opened)
    await place('k1')
    const other = { ...body, customerId: 'ANATR' }
    expect(await place('k1', other)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  })

  test('that the catalogue refuses is refused with its reason, and not kept', async () => {
    using opened = temporaryStore()
    const refusal = { code: 'product-discontinued', detail: 'Cannot be ordered: 5.', productIds: [5] }
    const { place, told } = setUp(opened, {
      quote: async () => {
        const details = { status: 422, code: refusal.code, body: refusal, expected: true }
        throw new InvokeError('catalog', 'POST /quotes', details)
      },
    })
    expect(await place('k1')).toMatchObject({ status: 422, body: refusal })
    expect(told.committed).toBe(0)
    expect(opened.store.findByKey('k1')).toBeUndefined()
  })

  test('without the catalogue is unavailable', async () => {
    using opened = temporaryStore()
    const { place } = setUp(opened, {
      quote: async () => {
        throw new InvokeError('catalog', 'POST /quotes', { code: 'UNREACHABLE' })
      },
    })
    expect(await place('k1')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  })

  test.each([
    ['no key', undefined, body, 'invalid-request'],
    ['an empty key', '', body, 'invalid-request'],
    ['a long key', 'k'.repeat(129), body, 'invalid-request'],
    ['no lines', 'k1', { ...body, lines: [] }, 'invalid-body'],
    ['no units', 'k1', { ...body, lines: [{ productId: 1, quantity: 0 }] }, 'invalid-body'],
    ['a customer that is no name', 'k1', { ...body, customerId: '../x' }, 'invalid-body'],
  ])('with %s is refused', async (_, key, order, code) => {
    using opened = temporaryStore()
    expect(await setUp(opened).place(key, order)).toMatchObject({ status: 422, body: { code } })
  })
})

test('an order that is not there', async () => {
  using opened = temporaryStore()
  const { send } = setUp(opened)
  expect(await send('GET', `/orders/${orderIdOf(1)}`)).toMatchObject({
    status: 404,
    body: { code: 'order-unknown' },
  })
})

describe('what inventory decides', () => {
  test.each([
    ['stock-reserved', {}, { status: 'confirmed' }],
    [
      'stock-rejected',
      { reason: 'insufficient-stock' },
      { status: 'rejected', reason: 'insufficient-stock' },
    ],
  ])('%s settles the order, once', async (topic, data, settled) => {
    using opened = temporaryStore()
    const { place, send, deliver } = setUp(opened)
    await place('k1')
    for (const id of ['e1', 'e1', 'e2']) {
      const { status, body } = await deliver(topic, id, { orderId: orderIdOf(1), ...data })
      expect([status, body]).toEqual([200, { status: 'SUCCESS' } as never])
    }
    expect((await send('GET', `/orders/${orderIdOf(1)}`)).body).toEqual({
      ...placedOrder(1),
      ...settled,
    } as never)
  })

  test('about an unknown order, or wrongly, is given up', async () => {
    using opened = temporaryStore()
    const { deliver } = setUp(opened)
    const events = [{ orderId: orderIdOf(9) }, { orderId: 'x' }, {}]
    for (const data of events) {
      expect((await deliver('stock-reserved', 'e1', data)).body).toEqual({ status: 'DROP' } as never)
    }
  })

  test('is subscribed to, with dead letters that are kept', async () => {
    using opened = temporaryStore()
    const { send, deliver, told } = setUp(opened)
    const listed = (await send('GET', '/dapr/subscribe')).body as {
      topic: string
      deadLetterTopic?: string
    }[]
    expect(listed.map(({ topic, deadLetterTopic }) => [topic, deadLetterTopic])).toEqual([
      ['stock-reserved', 'orders.dead-letters'],
      ['stock-rejected', 'orders.dead-letters'],
      ['orders.dead-letters', undefined],
    ])
    await deliver('orders.dead-letters', 'e1', 'anything')
    expect(told.deadLetters).toMatchObject([{ id: 'e1' }])
  })
})
