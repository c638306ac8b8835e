import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, drop, publish, retry, subscribe } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'
import { retries } from './resiliency.ts'

setDefaultTimeout(60_000)

const Order = Type.Object({ units: Type.Integer() })
const orders = pubsubTopic('orders', Order)
const letters = pubsubTopic('letters')
const raw = pubsubTopic('raw', Order)
const rawLetters = pubsubTopic('raw.letters')

const box = inbox()
const rawBox = inbox()
const attempts: string[] = []
const dropped: { id: string | undefined; reason: string }[] = []
const onDrop = ({ id }: { id?: string }, reason: string) => void dropped.push({ id, reason })

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(dapr({ appToken }))
    .use(
      subscribe(
        orders,
        ({ data, event }) => {
          attempts.push(event.id)
          if (data.units === 0) return drop('nothing ordered')
          if (data.units < 0) return retry('not yet')
          if (data.units > 100) throw new Error('too many')
          return undefined
        },
        { deadLetterTopic: letters, onDrop },
      ),
    )
    .use(subscribe(letters, box.keep))
    .use(subscribe(raw, () => drop('raw'), { raw: true, deadLetterTopic: rawLetters.name, onDrop }))
    .use(subscribe(rawLetters, rawBox.keep, { raw: true }))

let sidecar: Daprd

beforeAll(async () => {
  const resources = [component('pubsub', 'pubsub.in-memory'), retries(2)]
  sidecar = await daprd({ app, resources })
}, 120_000)

afterAll(() => sidecar?.[Symbol.asyncDispose]())

/** A dead letter names the topic that it was given up on. */
const letter = (id: string) => box.find(orders, ({ event }) => event.id === id)

test('an event that is dropped becomes a dead letter at once, whole but for its topic', async () => {
  await publish(sidecar, orders, { units: 0 }, { id: 'dropped', type: 'placed', subject: 's1' })
  expect((await letter('dropped')).event).toMatchObject({ type: 'placed', subject: 's1', data: { units: 0 } })
  expect(attempts.filter(id => id === 'dropped')).toHaveLength(1)
  expect(dropped).toContainEqual({ id: 'dropped', reason: 'nothing ordered' })
})

test('an event whose data do not fit becomes a dead letter at once, and the handler does not get it', async () => {
  await publish(sidecar, pubsubTopic('orders'), { units: 'three' }, { id: 'invalid' })
  expect((await letter('invalid')).data).toEqual({ units: 'three' })
  expect(attempts).not.toContain('invalid')
  expect(dropped).toContainEqual({ id: 'invalid', reason: 'data/units: Expected integer' })
})

test.each([
  ['thrown', 101],
  ['asked', -1],
])('an event that fails becomes a dead letter when its retries are used up: %s', async (id, units) => {
  await publish(sidecar, orders, { units }, { id })
  await letter(id)
  expect(attempts.filter(attempt => attempt === id)).toHaveLength(3)
})

test('an event that came too late becomes a dead letter unseen', async () => {
  const event = {
    ...{ specversion: '1.0', id: 'expired', source: 'shop', type: 'placed' },
    expiration: '2020-01-01T00:00:00Z',
    data: { units: 1 },
  }
  await publish(sidecar, pubsubTopic('orders'), event, { raw: true })
  // daprd takes its own dead letter for expired as well: what nobody keeps is only in its log.
  await eventually(() =>
    sidecar.log().match(/dropping expired pub\/sub event expired/g)?.length === 2 ? true : undefined,
  )
  expect(attempts).not.toContain('expired')
})

test('a message that is no CloudEvent becomes a dead letter of which nobody knows', async () => {
  await publish(sidecar, pubsubTopic('orders'), 'no event', { raw: true, contentType: 'text/plain' })
  await eventually(() =>
    sidecar.log().includes('error deserializing cloud event in pubsub pubsub and topic letters')
      ? true
      : undefined,
  )
})

test('dead letters of raw messages are raw', async () => {
  await publish(sidecar, raw, { units: 1 }, { raw: true })
  expect((await rawBox.find(rawLetters)).data).toEqual({ units: 1 })
})
