import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, publish, publishBulk, subscribe, topic } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually } from './environment.ts'
import { inbox, pubsubTopic } from './events-setup.ts'

setDefaultTimeout(60_000)

const bytes = pubsubTopic('bytes', Type.Uint8Array())
const orders = pubsubTopic('orders', Type.Object({ units: Type.Integer() }))
const texts = pubsubTopic('texts', Type.String())
const anything = pubsubTopic('anything')
const enveloped = pubsubTopic('enveloped')

const box = inbox()
const dropped: string[] = []
const options = { raw: true, onDrop: (_: unknown, reason: string) => void dropped.push(reason) }

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(dapr({ appToken }))
    .use(subscribe(bytes, box.keep, options))
    .use(subscribe(orders, box.keep, options))
    .use(subscribe(texts, box.keep, options))
    .use(subscribe(anything, box.keep, { ...options, metadata: { further: 'setting' } }))
    .use(subscribe(enveloped, box.keep))

let sidecar: Daprd

beforeAll(async () => {
  sidecar = await daprd({ app, resources: [component('pubsub', 'pubsub.in-memory')] })
}, 120_000)

afterAll(() => sidecar?.[Symbol.asyncDispose]())

const raw = { raw: true }
const binary = Uint8Array.of(0, 255, 128, 10)

test('bytes come as they were published, alone and in a bulk', async () => {
  await publish(sidecar, bytes, binary, raw)
  await publishBulk(sidecar, bytes, [{ data: binary }], raw)
  const received = await box.count(bytes, 2)
  expect(received.map(({ data }) => data)).toEqual([binary, binary])
})

test('JSON comes as the value that it stands for', async () => {
  await publish(sidecar, orders, { units: 3 }, raw)
  await publishBulk(sidecar, orders, [{ data: { units: 4 } }], raw)
  const received = await box.count(orders, 2)
  expect(received.map(({ data }) => data)).toEqual([{ units: 3 }, { units: 4 }])
  expect(received[0]?.event).toMatchObject({ source: 'Dapr', datacontenttype: 'application/octet-stream' })
})

test('what is no JSON comes as text', async () => {
  await publish(sidecar, texts, '{žluťoučký', { ...raw, contentType: 'text/plain' })
  expect((await box.find(texts)).data).toBe('{žluťoučký')
})

test('what is neither comes as bytes where the topic allows it, and is dropped elsewhere', async () => {
  await publish(sidecar, pubsubTopic('anything', Type.Uint8Array()), binary, raw)
  expect((await box.find(anything)).data).toEqual(binary)
  await publish(sidecar, pubsubTopic('orders', Type.Uint8Array()), binary, raw)
  await eventually(() => (dropped.length > 0 ? true : undefined))
  expect(dropped).toEqual(['data: neither JSON nor text'])
})

test('an envelope is data for a raw subscription', async () => {
  await publish(sidecar, anything, { units: 5 }, { id: 'enveloped' })
  const { data } = await box.find(anything, ({ data }) => (data as { id?: string }).id === 'enveloped')
  expect(data).toMatchObject({ specversion: '1.0', source: 'app', data: { units: 5 } })
})

test('an envelope that somebody made by hand is one', async () => {
  const event = { specversion: '1.0', id: 'by-hand', source: 'shop', type: 'placed', data: { units: 6 } }
  await publish(sidecar, enveloped, event, raw)
  const received = await box.find(enveloped, ({ event }) => event.id === 'by-hand')
  expect(received.event).toMatchObject({ topic: 'enveloped', pubsubname: 'pubsub', data: { units: 6 } })
})

test('what only an envelope has cannot be given to a raw event', async () => {
  const call = publish(sidecar, topic('pubsub', 'bytes', Type.Unknown()), 1, { raw: true, id: 'e1' })
  await expect(call).rejects.toThrow(new TypeError('a raw event has no id: that is what an envelope is for'))
})
