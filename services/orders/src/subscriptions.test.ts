import { expect, test } from 'bun:test'
import { type ReservationEvent, reservations } from '@shop/inventory-contract'
import { deadLetterTopic, listDeadLetters } from '@shop/journal/dead-letters'
import { fakeDaprd } from 'elysia-dapr/testing'
import { openApp } from '../test/app.ts'
import { at, goods, orderIdOf } from '../test/orders.ts'

const orderId = orderIdOf(1)
const of = (version: number) => ({ orderId, version, previous: version - 1, at, lines: [] })
const reserved: ReservationEvent = { type: 'stock-reserved', ...of(1), expiresAt: at }
const expired: ReservationEvent = { type: 'stock-expired', ...of(2) }

async function open() {
  const opened = await openApp()
  await opened.store.place(orderId, goods, { idempotencyKey: 'k1', digest: 'd1' })
  const daprd = fakeDaprd(opened.app, { appId: 'orders' })
  const types = async () => (await opened.store.history(orderId)).map(({ type }) => type)
  return { ...opened, daprd, types }
}

test('an expired reservation is a fact of the order, once, however often it is delivered', async () => {
  await using opened = await open()
  const { daprd, types } = opened
  for (const [event, id] of [
    [reserved, 'e1'],
    [expired, 'e2'],
    [expired, 'e2'],
    [expired, 'e3'],
  ] as const) {
    expect(await daprd.deliver(reservations, event, { id, source: 'inventory' })).toBe('SUCCESS')
  }
  expect(await types()).toEqual(['order-placed', 'stock-expired'])
})

test('it waits for what it follows', async () => {
  await using opened = await open()
  const { daprd, types } = opened
  await daprd.deliver(reservations, expired, { id: 'e2', source: 'inventory' })
  expect(await types()).toEqual(['order-placed'])
  await daprd.deliver(reservations, reserved, { id: 'e1', source: 'inventory' })
  expect(await types()).toEqual(['order-placed', 'stock-expired'])
})

test('what the checkout knows by itself changes nothing', async () => {
  await using opened = await open()
  const { daprd, types } = opened
  const released: ReservationEvent = { type: 'stock-released', ...of(2) }
  await daprd.deliver(reservations, reserved, { id: 'e1', source: 'inventory' })
  await daprd.deliver(reservations, released, { id: 'e2', source: 'inventory' })
  expect(await types()).toEqual(['order-placed'])
})

test('one of an order that there is not, or that fits no schema, is given up', async () => {
  await using opened = await open()
  const { daprd } = opened
  const unknown = { ...expired, orderId: orderIdOf(9), version: 1, previous: 0 }
  const wrong = { ...expired, version: 0 }
  for (const event of [unknown, wrong]) {
    expect(await daprd.deliver(reservations, event)).toBe('DROP')
  }
})

test('dead letters are kept', async () => {
  await using opened = await open()
  const { app, journal } = opened
  const listed = (await (await app.handle(new Request('http://localhost/dapr/subscribe'))).json()) as {
    topic: string
    deadLetterTopic?: string
    route?: string
  }[]
  expect(listed.map(({ topic, deadLetterTopic }) => [topic, deadLetterTopic])).toEqual([
    ['reservations', 'orders.dead-letters'],
    ['orders.dead-letters', undefined],
  ])
  const letters = deadLetterTopic('pubsub', 'orders')
  await opened.daprd.deliver(letters, { anything: true }, { id: 'e1', source: 'inventory' })
  expect(await listDeadLetters(journal)).toMatchObject([{ id: 'e1', source: 'inventory' }])
})
