import { expect, test } from 'bun:test'
import { listParked } from '@shop/journal/parked'
import { cloudEvent, orderEvent, temporaryApp } from '../test/temporary-app.ts'
import { line, orderIdOf, reserveFor } from '../test/temporary-store.ts'

const orderId = orderIdOf(1)
const lines = [line(1, 4)]
const placed = orderEvent('placed', 1, 0)
const confirmed = orderEvent('confirmed', 5, 1)
const rejected = orderEvent('rejected', 3, 1)
const cancelled = orderEvent('cancelled', 6, 5)

type App = Awaited<ReturnType<typeof temporaryApp>>

async function state({ store, journal, published }: App) {
  const reservation = await store.reservation(orderId)
  const { onHand, reserved } = (await store.level(1)) ?? {}
  return {
    reservation: reservation && [reservation.status, reservation.version],
    stock: [onHand, reserved],
    events: (await published()).map(({ type }) => type),
    parked: (await listParked(journal)).map(({ version }) => version),
  }
}

const reserve = ({ store }: App) => store.execute(orderId, { command: 'reserve', lines })

test('it subscribes to orders and to its own dead letters', async () => {
  await using app = await temporaryApp()
  expect((await app.call('GET', '/dapr/subscribe')).body).toEqual([
    {
      pubsubname: 'pubsub',
      topic: 'orders',
      routes: { default: '/events/pubsub/orders' },
      deadLetterTopic: 'inventory.dead-letters',
    },
    {
      pubsubname: 'pubsub',
      topic: 'inventory.dead-letters',
      routes: { default: '/events/pubsub/inventory.dead-letters' },
    },
  ] as never)
})

test('an order that is placed changes nothing', async () => {
  await using app = await temporaryApp()
  expect(await app.deliver(placed)).toBe('SUCCESS')
  expect(await state(app)).toEqual({ reservation: undefined, stock: [10, 0], events: [], parked: [] })
})

test('units leave when the order is confirmed, and come back when it is cancelled', async () => {
  await using app = await temporaryApp()
  await app.deliver(placed)
  await reserve(app)
  expect(await app.deliver(confirmed)).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: ['fulfilled', 2], stock: [6, 0] })
  expect(await app.deliver(cancelled)).toBe('SUCCESS')
  expect(await state(app)).toEqual({
    reservation: ['restocked', 3],
    stock: [10, 0],
    events: ['stock-reserved', 'stock-fulfilled', 'stock-restocked'],
    parked: [],
  })
})

test('units are given back when the order is rejected, and none are kept afterwards', async () => {
  await using app = await temporaryApp()
  await app.deliver(placed)
  await reserve(app)
  await app.deliver(rejected)
  await reserve(app)
  expect(await state(app)).toMatchObject({ reservation: ['released', 2], stock: [10, 0] })
})

test('an event that comes again, under another id too, has its effect once', async () => {
  await using app = await temporaryApp()
  await reserve(app)
  for (const event of [placed, confirmed, confirmed, placed, { ...confirmed, id: 'other' }, cancelled]) {
    expect(await app.deliver(event)).toBe('SUCCESS')
  }
  expect(await app.deliver({ ...confirmed, id: 'once more' })).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: ['restocked', 3], stock: [10, 0] })
})

test('events in the wrong order wait for the one that is missing', async () => {
  await using app = await temporaryApp()
  await reserve(app)
  expect(await app.deliver(cancelled)).toBe('SUCCESS')
  expect(await app.deliver(confirmed)).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: ['reserved', 1], stock: [10, 4], parked: [5, 6] })
  expect(await app.deliver(placed)).toBe('SUCCESS')
  expect(await state(app)).toEqual({
    reservation: ['restocked', 3],
    stock: [10, 0],
    events: ['stock-reserved', 'stock-fulfilled', 'stock-restocked'],
    parked: [],
  })
})

test('an order that is confirmed after its reservation has expired takes what is there', async () => {
  await using app = await temporaryApp()
  await reserve(app)
  app.clock.now = new Date(app.clock.now.getTime() + reserveFor)
  await app.store.execute(orderId, { command: 'expire' })
  await app.deliver(placed)
  expect(await app.deliver(confirmed)).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: ['fulfilled', 3], stock: [6, 0] })
})

test('when units are missing it is a dead letter, which is replayed once they have arrived', async () => {
  await using app = await temporaryApp()
  await app.store.execute(orderIdOf(2), { command: 'reserve', lines: [line(1, 8)] })
  await app.deliver(placed)
  expect(await app.deliver(confirmed)).toBe('DROP')
  expect(app.logged).toContainEqual({
    level: 'error',
    message: `Order ${orderId} is confirmed, its reservation was never made and units are missing.`,
  })
  expect(await app.deliver(confirmed, 'inventory.dead-letters')).toBe('SUCCESS')
  expect(await app.deliver(cancelled)).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: undefined, stock: [10, 8], parked: [6] })

  const replay = async () => (await app.call('POST', '/operations/dead-letters/replay', {})).body
  expect(await replay()).toMatchObject({ replayed: 0, failed: [{ id: confirmed.id }] } as never)
  await app.store.deliver({ idempotencyKey: 'a', productId: 1, quantity: 5 })
  expect(await replay()).toEqual({ replayed: 1, failed: [] } as never)
  // and so is what waited for it: the cancellation
  expect(await state(app)).toMatchObject({ reservation: ['restocked', 2], stock: [15, 8], parked: [] })
  expect((await app.call('GET', '/operations/dead-letters')).body).toEqual([] as never)
})

test('an event that does not fit is dropped, one that fails comes again', async () => {
  await using app = await temporaryApp()
  await reserve(app)
  const wrong = orderEvent('confirmed', 5, 1, 0)
  expect(await app.deliver(wrong)).toBe('DROP')
  await app.deliver(placed)
  const { commit } = app.journal
  app.journal.commit = () => Promise.reject(new Error('the disk is full'))
  expect(await app.deliver(confirmed)).toBe(500)
  app.journal.commit = commit
  expect(await state(app)).toMatchObject({ reservation: ['reserved', 1], stock: [10, 4] })
  expect(await app.deliver(confirmed)).toBe('SUCCESS')
  expect(await state(app)).toMatchObject({ reservation: ['fulfilled', 2], stock: [6, 0] })
})

test('dead letters are kept', async () => {
  await using app = await temporaryApp()
  const letter = cloudEvent('orders', 'e1', 'anything')
  expect(await app.deliver(letter, 'inventory.dead-letters')).toBe('SUCCESS')
  expect((await app.call('GET', '/operations/dead-letters')).body).toMatchObject([
    { id: 'e1', event: { data: 'anything' } },
  ] as never)
})
