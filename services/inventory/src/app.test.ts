import { expect, test } from 'bun:test'
import { createLogger } from '@shop/chassis/logger'
import type { CloudEvent } from 'elysia-dapr'
import { eventOf, orderIdOf, type TemporaryStore, temporaryStore } from '../test/temporary-store.ts'
import { createApp } from './app.ts'

function setUp({ store }: TemporaryStore) {
  store.add([{ productId: 1, onHand: 10 }])
  const told = { committed: 0, deadLetters: [] as CloudEvent[] }
  const app = createApp({
    log: createLogger('inventory', 'silent'),
    store,
    committed: () => {
      told.committed += 1
    },
    keepDeadLetter: event => told.deadLetters.push(event) > 0,
  })

  async function get(path: string) {
    const answer = await app.handle(new Request(`http://localhost${path}`))
    return { status: answer.status, body: (await answer.json()) as never }
  }

  async function deliver(topic: string, event: unknown) {
    const answer = await app.handle(
      new Request(`http://localhost/events/pubsub/${topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(event),
      }),
    )
    return answer.status === 200 ? ((await answer.json()) as { status: string }).status : answer.status
  }

  return { get, deliver, told }
}

const order = { orderId: orderIdOf(1), customerId: 'ALFKI', lines: [{ productId: 1, quantity: 4 }] }

test('it subscribes to orders and to its own dead letters', async () => {
  using opened = temporaryStore()
  expect((await setUp(opened).get('/dapr/subscribe')).body).toEqual([
    {
      pubsubname: 'pubsub',
      topic: 'order-placed',
      routes: { default: '/events/pubsub/order-placed' },
      deadLetterTopic: 'inventory.dead-letters',
    },
    {
      pubsubname: 'pubsub',
      topic: 'inventory.dead-letters',
      routes: { default: '/events/pubsub/inventory.dead-letters' },
    },
  ] as never)
})

test('an order is decided when its event comes, and can be read', async () => {
  using opened = temporaryStore()
  const { get, deliver, told } = setUp(opened)
  expect(await get(`/reservations/${order.orderId}`)).toMatchObject({
    status: 404,
    body: { code: 'reservation-unknown' },
  })
  expect(await deliver('order-placed', eventOf('e1', order))).toBe('SUCCESS')
  expect(await deliver('order-placed', eventOf('e1', order))).toBe('SUCCESS')
  expect(told.committed).toBe(2)
  const { orderId, lines } = order
  expect(await get(`/reservations/${orderId}`)).toEqual({
    status: 200,
    body: { orderId, status: 'reserved', lines } as never,
  })
  const level = { productId: 1, onHand: 10, reserved: 4, available: 6 }
  expect(await get('/stock')).toEqual({ status: 200, body: [level] as never })
  expect(await get('/stock/1')).toEqual({ status: 200, body: level as never })
})

test('an event that does not fit is dropped, one that fails comes again', async () => {
  using opened = temporaryStore()
  const { deliver, told } = setUp(opened)
  expect(await deliver('order-placed', eventOf('e1', { ...order, lines: [] }))).toBe('DROP')
  expect(told.committed).toBe(0)
  opened.database.$client.exec('DROP TABLE reservation_lines')
  expect(await deliver('order-placed', eventOf('e1', order))).toBe(500)
  expect(opened.store.level(1)).toMatchObject({ reserved: 0 })
})

test('dead letters are kept', async () => {
  using opened = temporaryStore()
  const { deliver, told } = setUp(opened)
  expect(await deliver('inventory.dead-letters', eventOf('e1', 'anything'))).toBe('SUCCESS')
  expect(told.deadLetters).toMatchObject([{ id: 'e1', data: 'anything' }])
})

test.each([
  ['/stock/99', 404, 'product-unknown'],
  ['/stock/x', 422, 'invalid-request'],
  ['/reservations/x', 422, 'invalid-request'],
])('%s is a %d %s', async (path, status, code) => {
  using opened = temporaryStore()
  expect(await setUp(opened).get(path)).toMatchObject({ status, body: { code } })
})
