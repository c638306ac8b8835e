import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { createBase } from '../../packages/chassis/src/base.ts'
import { createLogger } from '../../packages/chassis/src/logger.ts'
import {
  type CloudEvent,
  drop,
  publish,
  type Sidecar,
  subscribe,
  topic,
} from '../../packages/elysia-dapr/src/index.ts'
import { eventually, failureOf } from '../conformance/wait.ts'
import { type Sidecars, temporarySidecars } from './sidecars.ts'

const orderPlaced = topic('pubsub', 'order-placed', Type.Object({ number: Type.Integer() }))
const anything = topic('pubsub', 'order-placed', Type.Unknown())
const deadLetters = topic('pubsub', 'inventory.dead-letters', Type.Unknown())

const handled: { event: CloudEvent; attempts: number }[] = []
const given: CloudEvent[] = []
const failing = new Map<number, number>()

const app = createBase({ log: createLogger('inventory', 'silent'), appToken: '' })
  .use(
    subscribe(
      orderPlaced,
      ({ data: { number }, event }) => {
        if (number < 0) return drop('negative')
        const failures = failing.get(number) ?? 0
        failing.set(number, failures + 1)
        if (number === 13 && failures < 2) throw new Error('not yet')
        handled.push({ event, attempts: failures + 1 })
        return undefined
      },
      { deadLetterTopic: deadLetters.name },
    ),
  )
  .use(subscribe(deadLetters, ({ event }) => void given.push(event)))

let sidecars: Sidecars
let publisher: Sidecar

beforeAll(async () => {
  sidecars = await temporarySidecars()
  publisher = await sidecars.start('orders')
  await sidecars.start('inventory', app)
  // A new subscriber gets what is published once the broker knows it, and nothing tells when that is.
  await eventually(async () => {
    for (const number of [0, -1]) await publish(publisher, orderPlaced, { number })
    return (handled.length > 0 && given.length > 0) || undefined
  })
}, 60_000)

afterAll(() => sidecars[Symbol.asyncDispose]())

async function delivered(number: number) {
  return await eventually(() =>
    handled.find(({ event }) => (event.data as { number: number }).number === number),
  )
}

test('an event is delivered with the id that its publisher gave', async () => {
  await publish(publisher, orderPlaced, { number: 1 }, { id: 'e1', type: 'order.placed', subject: 's1' })
  expect((await delivered(1)).event).toMatchObject({
    id: 'e1',
    type: 'order.placed',
    subject: 's1',
    source: 'orders',
    topic: 'order-placed',
    pubsubname: 'pubsub',
    data: { number: 1 },
  })
})

test('one whose handler throws is delivered again', async () => {
  await publish(publisher, orderPlaced, { number: 13 }, { id: 'e13' })
  expect(await delivered(13)).toMatchObject({ attempts: 3, event: { id: 'e13' } })
})

test('one that is given up, or does not fit, goes to the dead letters at once', async () => {
  await publish(publisher, orderPlaced, { number: -2 }, { id: 'dropped' })
  await publish(publisher, anything, { number: 'one' }, { id: 'invalid' })
  for (const data of [{ number: -2 }, { number: 'one' }]) {
    await eventually(() => given.find(event => Bun.deepEquals(event.data, data)))
  }
  expect(handled.some(({ event }) => event.id === 'dropped' || event.id === 'invalid')).toBe(false)
})

test.each([
  [
    'a topic that is another’s',
    topic('pubsub', 'stock-reserved', Type.Unknown()),
    403,
    'ERR_PUBSUB_FORBIDDEN',
  ],
  [
    'a component that is not there',
    topic('nowhere', 'order-placed', Type.Unknown()),
    404,
    'ERR_PUBSUB_NOT_FOUND',
  ],
])('cannot publish to %s', async (_, target, status, code) => {
  expect(await failureOf(publish(publisher, target, {}))).toMatchObject({ name: 'DaprError', status, code })
})
