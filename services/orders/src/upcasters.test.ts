import { expect, test } from 'bun:test'
import { startProjector } from '@shop/journal/projector'
import { temporaryOrders } from '../test/databases.ts'
import { at, current, facts, goods, orderIdOf } from '../test/orders.ts'
import { orderViewOf } from './order-view.ts'
import { createStore } from './store.ts'

const id = orderIdOf(1)
const { shippingCents: _, ...goodsOfVersion1 } = goods

test('an order that version 1 has placed is read as one of today, and goes on', async () => {
  await using opened = await temporaryOrders()
  const { journal } = opened
  const event = { type: 'order-placed', schema: 1, data: goodsOfVersion1, at }
  const { position = 0 } = (await journal.commit({ stream: id, expectedVersion: 0, events: [event] })) as {
    position?: number
  }
  const store = createStore({ journal, current, now: () => new Date(at) })
  const projection = orderViewOf(journal.tables.orderViews)
  const projector = startProjector({ journal, projection, onError: error => expect(error).toBeUndefined() })
  await projector.reached(position)

  const today = { ...goods, shippingCents: 0 }
  expect((await store.load(id)).state).toMatchObject({ status: 'placed', goods: today })
  expect(await store.find(id)).toEqual({ id, ...today, status: 'placed', placedAt: at, version: 1 })
  expect((await store.history(id))[0]?.data).toEqual(today)

  for (const fact of facts) await store.execute(id, { command: 'note', event: fact })
  await store.execute(id, { command: 'confirm' })
  const { outbox } = journal.tables
  expect(await journal.database.select().from(outbox)).toMatchObject([
    { data: { type: 'order-confirmed', version: 5, previous: 1, ...today } },
  ])
  await projector.stop()
})

test('what is stored stays as it is, and new events have the shape of today', async () => {
  await using opened = await temporaryOrders()
  const { journal } = opened
  const store = createStore({ journal, current })
  await store.place(id, goods, { idempotencyKey: 'k', digest: 'd' })
  const { events } = journal.tables
  expect(await journal.database.select().from(events)).toMatchObject([
    { type: 'order-placed', schema: 2, data: goods },
  ])
})

test('an event of later code is no event of today', async () => {
  await using opened = await temporaryOrders()
  const { journal } = opened
  const event = { type: 'order-placed', schema: 3, data: {}, at }
  await journal.commit({ stream: id, expectedVersion: 0, events: [event] })
  const store = createStore({ journal, current })
  await expect(store.load(id)).rejects.toThrow('order-placed is stored in version 3, this code knows 2')
})
