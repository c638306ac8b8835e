import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, getMetadata, publish, subscribe } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'

setDefaultTimeout(60_000)

const orders = pubsubTopic('orders')
const partial = pubsubTopic('partial')
const letters = pubsubTopic('letters')

const boxes = {
  default: inbox(),
  paid: inbox(),
  large: inbox(),
  small: inbox(),
  refunds: inbox(),
  letters: inbox(),
}

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(
      subscribe(orders, boxes.large.keep, {
        match: 'has(event.data.total) && event.data.total > 100',
        priority: 2,
      }),
    )
    .use(subscribe(orders, boxes.default.keep))
    .use(
      subscribe(orders, boxes.paid.keep, {
        match: 'event.type == "order.paid"',
        priority: 1,
        route: '/paid',
      }),
    )
    .use(subscribe(orders, boxes.small.keep, { match: 'has(event.data.total)', priority: 3 }))
    .use(
      subscribe(partial, boxes.refunds.keep, {
        match: 'event.type == "refund"',
        deadLetterTopic: letters,
      }),
    )
    .use(
      subscribe(partial, boxes.large.keep, {
        match: 'event.data.total > 100',
        priority: 1,
        deadLetterTopic: letters,
      }),
    )
    .use(subscribe(letters, boxes.letters.keep))
    .use(dapr({ appToken }))

let sidecar: Daprd

beforeAll(async () => {
  sidecar = await daprd({ app, resources: [component('pubsub', 'pubsub.in-memory')] })
}, 120_000)

afterAll(() => sidecar?.[Symbol.asyncDispose]())

test('the rules of a topic are one subscription, in the order of their priority', async () => {
  const { subscriptions = [] } = await getMetadata(sidecar)
  expect(subscriptions.find(({ topic }) => topic === 'orders')?.rules).toEqual([
    { match: 'event.type == "order.paid"', path: '/paid' },
    {
      match: 'has(event.data.total) && event.data.total > 100',
      path: '/events/pubsub/orders/has(event.data.total)%20%26%26%20event.data.total%20%3E%20100',
    },
    { match: 'has(event.data.total)', path: '/events/pubsub/orders/has(event.data.total)' },
    { path: '/events/pubsub/orders' },
  ])
})

test.each([
  ['paid', 'order.paid', { total: 200 }],
  ['large', 'order.placed', { total: 200 }],
  ['small', 'order.placed', { total: 50 }],
  ['default', 'order.placed', { note: 'no total' }],
] as const)('the first rule that matches gets the event: %s', async (name, type, data) => {
  await publish(sidecar, orders, data, { type, id: name })
  await boxes[name].find(orders, ({ event }) => event.id === name)
  const others = Object.entries(boxes).filter(([other]) => other !== name)
  for (const [, box] of others) expect(box.received.some(({ event }) => event.id === name)).toBe(false)
})

test('what no rule matches is a dead letter', async () => {
  await publish(sidecar, partial, { total: 1 }, { id: 'unmatched' })
  expect((await boxes.letters.find(partial, ({ event }) => event.id === 'unmatched')).data).toEqual({
    total: 1,
  })
})

test('what a rule cannot be evaluated for is a dead letter too', async () => {
  await publish(sidecar, partial, { note: 'no total' }, { id: 'not-evaluated' })
  await boxes.letters.find(partial, ({ event }) => event.id === 'not-evaluated')
  await publish(sidecar, partial, {}, { id: 'refunded', type: 'refund' })
  await boxes.refunds.find(partial, ({ event }) => event.id === 'refunded')
})

test('data of the rules’ events are validated', async () => {
  const typed = pubsubTopic('typed', Type.Object({ total: Type.Integer() }))
  const box = inbox()
  const dropped: string[] = []
  const options = { onDrop: (_: unknown, reason: string) => void dropped.push(reason) }
  await using other = await daprd({
    app: ({ appToken }) =>
      new Elysia()
        .use(dapr({ appToken }))
        .use(subscribe(typed, box.keep, { ...options, match: 'event.type == "a"' }))
        .use(subscribe(typed, box.keep, options)),
    resources: [component('pubsub', 'pubsub.in-memory')],
  })
  await publish(other, pubsubTopic('typed'), { total: 'many' }, { type: 'a' })
  await publish(other, typed, { total: 2 }, { type: 'a' })
  await box.find(typed)
  expect(dropped).toEqual(['data/total: Expected integer'])
})
