import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import { type Client, client, dapr, publish, subscribe } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import * as contract from '../../services/inventory/contract/index.ts'
import { type OrderEvent, orders } from '../../services/orders/contract/index.ts'
import { daprd, eventually, startBroker, temporaryFolder } from '../conformance/environment.ts'
import { type ServiceProcess, startService } from './service-process.ts'

setDefaultTimeout(60_000)

const cleanup = new AsyncDisposableStack()
/** By the ids of the events: one may be published again, when the service is killed before it has noted it. */
const told = new Map<string, contract.ReservationEvent>()
let service: ServiceProcess
/** Another service, which publishes for orders and hears what inventory publishes. */
let other: Daprd
let inventory: Client<typeof contract>

beforeAll(async () => {
  const home = cleanup.use(await temporaryFolder()).path
  const broker = cleanup.use(await startBroker())
  const pubsub = broker.component('pubsub')
  const observer = new Elysia()
    .use(dapr({ appToken: '' }))
    .use(subscribe(contract.reservations, ({ data, event }) => void told.set(event.id, data)))
  other = cleanup.use(
    await daprd({ ...{ app: observer, appId: 'orders', appToken: '', home }, resources: [pubsub] }),
  )
  service = cleanup.use(await startService({ pubsub, home, reservationSeconds: 5 }))
  await service.subscribed()
  inventory = client(other, 'inventory', contract)
}, 120_000)

afterAll(() => cleanup.disposeAsync())

/** Of one product each, which no other test asks for. */
function newOrder(productId: number, quantity: number) {
  const orderId = crypto.randomUUID()
  const at = new Date().toISOString()
  const goods = {
    customerId: 'ALFKI',
    lines: [{ productId, quantity, unitPriceCents: 100 }],
    totalCents: quantity * 100,
    shippingCents: 0,
  }
  const events = {
    placed: { type: 'order-placed', orderId, version: 1, previous: 0, at, ...goods },
    confirmed: { type: 'order-confirmed', orderId, version: 5, previous: 1, at, ...goods },
    cancelled: { type: 'order-cancelled', orderId, version: 6, previous: 5, at, ...goods, reason: 'because' },
  } satisfies Record<string, OrderEvent>
  return {
    ...events,
    reserve: async () =>
      (await inventory.reserveStock({ body: { orderId, lines: [{ productId, quantity }] } })).data,
    level: async () => (await inventory.getStock({ params: { productId } })).data,
    heard: () =>
      [...told.values()]
        .filter(event => event.orderId === orderId)
        .map(({ type, version }) => [type, version]),
    async becomes(status: contract.Reservation['status']) {
      const read = () => inventory.getReservation({ params: { orderId } }).catch(() => undefined)
      const what = `a reservation that is ${status}`
      await eventually(async () => (await read())?.data.status === status || undefined, { what })
    },
  }
}

test('units are kept, leave and come back, in whatever order the events come, and each change is published', async () => {
  const order = newOrder(1, 10)
  expect(await order.reserve()).toMatchObject({ status: 'reserved' })
  expect(await order.level()).toMatchObject({ onHand: 840, reserved: 10 })
  for (const event of [order.cancelled, order.confirmed, order.placed]) await publish(other, orders, event)
  await order.becomes('restocked')
  expect(await order.level()).toMatchObject({ onHand: 840, reserved: 0 })
  await eventually(() => order.heard().length >= 3 || undefined, { what: 'three events' })
  expect(order.heard()).toEqual([
    ['stock-reserved', 1],
    ['stock-fulfilled', 2],
    ['stock-restocked', 3],
  ])
})

test('what is not confirmed in time is given back, also when the service was killed meanwhile', async () => {
  const order = newOrder(2, 10)
  const { onHand } = await order.level()
  await order.reserve()
  await service.kill()
  await service.restart()
  await order.becomes('expired')
  expect(await order.level()).toMatchObject({ onHand, reserved: 0 })
  await eventually(() => order.heard().length >= 2 || undefined, { what: 'two events' })
  expect(order.heard()).toEqual([
    ['stock-reserved', 1],
    ['stock-expired', 2],
  ])
})

test('a confirmed order whose units are missing is a dead letter, and replayed once they have arrived', async () => {
  const order = newOrder(3, 5_000)
  expect(await order.reserve()).toMatchObject({ status: 'rejected' })
  await publish(other, orders, order.placed)
  await publish(other, orders, order.confirmed)
  await eventually(
    async () => {
      const letters = (await (await service.request('/operations/dead-letters')).json()) as unknown[]
      return letters.length === 1 || undefined
    },
    { what: 'a dead letter' },
  )
  const { onHand } = await order.level()
  await inventory.restock({
    ...{ params: { productId: 3 }, headers: { 'idempotency-key': crypto.randomUUID() } },
    body: { quantity: 5_000 },
  })
  const replayed = await service.request('/operations/dead-letters/replay', {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
  })
  expect(await replayed.json()).toEqual({ replayed: 1, failed: [] })
  await order.becomes('fulfilled')
  expect(await order.level()).toMatchObject({ onHand, reserved: 0 })
})
