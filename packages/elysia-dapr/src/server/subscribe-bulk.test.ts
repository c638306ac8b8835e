import { expect, spyOn, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { topic } from '../contract.ts'
import { drop, retry } from './outcome.ts'
import { subscribeBulk } from './subscribe-bulk.ts'

const placed = topic('pubsub', 'placed', Type.Object({ units: Type.Integer() }))
const base64 = (text: string) => Buffer.from(text).toString('base64')

const event = (units: unknown) => ({
  ...{ id: `e${units}`, source: 's', type: 't', specversion: '1.0' },
  data: { units },
})
const entry = (entryId: string, units: unknown) => ({
  entryId,
  event: event(units),
  metadata: { key: entryId },
})

async function deliver(plugin: Elysia, body: unknown) {
  const request = new Request('http://localhost/events/pubsub/placed', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await new Elysia().use(plugin).handle(request)
  return { status: answer.status, body: answer.status === 200 ? await answer.json() : undefined }
}

const quiet = { onDrop: () => undefined }

test('a handler that returns nothing acknowledges all', async () => {
  const seen: unknown[] = []
  const plugin = subscribeBulk(placed, ({ entries }) => {
    seen.push(
      ...entries.map(({ entryId, data, event, metadata }) => [entryId, data.units, event.id, metadata]),
    )
  })
  expect(await deliver(plugin, { entries: [entry('a', 1), entry('b', 2)] })).toEqual({
    status: 200,
    body: {
      statuses: [
        { entryId: 'a', status: 'SUCCESS' },
        { entryId: 'b', status: 'SUCCESS' },
      ],
    },
  })
  expect(seen).toEqual([
    ['a', 1, 'e1', { key: 'a' }],
    ['b', 2, 'e2', { key: 'b' }],
  ])
})

test('every entry has a status, in whatever way it ends', async () => {
  const told: unknown[] = []
  const plugin = subscribeBulk(placed, ({ entries }) => entries.map((_, index) => outcomes[index]), {
    onDrop: ({ id }, reason) => void told.push(['drop', id, reason]),
    onRetry: ({ id }, reason) => void told.push(['retry', id, reason]),
  })
  const outcomes = [undefined, drop('no'), retry('later')]
  const entries = [
    entry('bad', 'x'),
    entry('a', 1),
    entry('b', 2),
    entry('c', 3),
    { entryId: 'none', event: null },
  ]
  expect((await deliver(plugin, { entries })).body).toEqual({
    statuses: [
      { entryId: 'bad', status: 'DROP' },
      { entryId: 'none', status: 'DROP' },
      { entryId: 'a', status: 'SUCCESS' },
      { entryId: 'b', status: 'DROP' },
      { entryId: 'c', status: 'RETRY' },
    ],
  })
  expect(told).toEqual([
    ['drop', 'ex', 'data/units: Expected integer'],
    ['drop', undefined, 'not a CloudEvent'],
    ['drop', 'e2', 'no'],
    ['retry', 'e3', 'later'],
  ])
})

test('the handler is not called when nothing fits', async () => {
  const plugin = subscribeBulk(
    placed,
    () => {
      throw new Error('called')
    },
    quiet,
  )
  const { body } = await deliver(plugin, { entries: [entry('a', 'x')] })
  expect(body).toEqual({ statuses: [{ entryId: 'a', status: 'DROP' }] })
})

test('with a dead-letter topic an entry is given up by retries that the handler does not see', async () => {
  const calls: string[][] = []
  const drops: string[] = []
  const plugin = subscribeBulk(
    placed,
    ({ entries }) => {
      calls.push(entries.map(({ entryId }) => entryId))
      return entries.map(({ data }) => (data.units === 1 ? drop('one') : undefined))
    },
    { deadLetterTopic: 'letters', onDrop: (_, reason) => void drops.push(reason) },
  )
  const entries = [entry('bad', 'x'), entry('a', 1), entry('b', 2)]
  expect((await deliver(plugin, { entries })).body).toEqual({
    statuses: [
      { entryId: 'bad', status: 'RETRY' },
      { entryId: 'a', status: 'RETRY' },
      { entryId: 'b', status: 'SUCCESS' },
    ],
  })
  expect((await deliver(plugin, { entries: entries.slice(0, 2) })).body).toEqual({
    statuses: [
      { entryId: 'bad', status: 'RETRY' },
      { entryId: 'a', status: 'RETRY' },
    ],
  })
  expect(calls).toEqual([['a', 'b']])
  expect(drops).toEqual(['data/units: Expected integer', 'one'])
})

// Kafka names an entry by its place in the batch, so the next batch has the same names.
test.each<[string, (offset: number, units: unknown) => object]>([
  ['events', (_, units) => ({ event: { ...event(units), id: crypto.randomUUID() } })],
  ['events with one id', (offset, units) => ({ event: event(units), metadata: { __offset: `${offset}` } })],
  [
    'raw messages',
    (offset, units) => ({
      event: base64(JSON.stringify({ units })),
      metadata: { __offset: `${offset}` },
    }),
  ],
])('an entry is not taken for one that was given up in its place before: %s', async (kind, make) => {
  const seen: unknown[] = []
  const dropped: string[] = []
  const plugin = subscribeBulk(
    placed,
    ({ entries }) => {
      seen.push(...entries.map(({ data }) => data.units))
      return entries.map(({ data }) => (data.units === 1 ? drop('one') : undefined))
    },
    { deadLetterTopic: 'letters', raw: kind === 'raw messages', onDrop: (_, reason) => dropped.push(reason) },
  )
  const batch = (offset: number, values: unknown[]) => ({
    entries: values.map((units, index) => ({ entryId: `${index}`, ...make(offset + index, units) })),
  })
  const first = batch(0, ['bad', 1, 2])
  const firstStatuses = ['RETRY', 'RETRY', 'SUCCESS']
  expect(await statusesOf(plugin, first)).toEqual(firstStatuses)
  expect(await statusesOf(plugin, { entries: first.entries.slice(0, 2) })).toEqual(['RETRY', 'RETRY'])
  expect(seen).toEqual([1, 2])
  expect(await statusesOf(plugin, batch(3, [3, 4, 5]))).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS'])
  expect(await statusesOf(plugin, batch(6, ['bad', 1, 2]))).toEqual(firstStatuses)
  expect(seen).toEqual([1, 2, 3, 4, 5, 1, 2])
  const reasons = ['data/units: Expected integer', 'one']
  expect(dropped).toEqual([...reasons, ...reasons])
})

async function statusesOf(plugin: Elysia, body: unknown): Promise<string[]> {
  const answer = (await deliver(plugin, body)).body as { statuses: { entryId: string; status: string }[] }
  return answer.statuses.toSorted((a, b) => Number(a.entryId) - Number(b.entryId)).map(({ status }) => status)
}

test.each([
  ['a handler that throws', { entries: [entry('a', 1)] }],
  ['what is no bulk', event(1)],
  ['a bulk without entries', { entries: 'none' }],
  ['no body', undefined],
])('%s is retried as a whole', async (_, body) => {
  const plugin = subscribeBulk(placed, () => {
    throw new Error('not now')
  })
  expect((await deliver(plugin, body)).status).toBe(500)
})

test('outcomes for more or fewer entries than there are fail', async () => {
  for (const length of [0, 1, 3]) {
    const plugin = subscribeBulk(placed, () => Array.from({ length }, () => undefined))
    expect((await deliver(plugin, { entries: [entry('a', 1), entry('b', 2)] })).status).toBe(500)
  }
})

test('raw entries have the value of their bytes', async () => {
  const seen: unknown[] = []
  const plugin = subscribeBulk(
    topic('pubsub', 'placed', Type.Unknown()),
    ({ entries }) => void seen.push(...entries.map(({ data, event }) => [event.id, event.topic, data])),
    { raw: true },
  )
  const entries = [
    { entryId: 'a', event: base64('{"units":1}'), contentType: 'application/json' },
    { entryId: 'b', event: base64('text'), metadata: null },
  ]
  await deliver(plugin, { entries })
  expect(seen).toEqual([
    ['a', 'placed', { units: 1 }],
    ['b', 'placed', 'text'],
  ])
})

test('a bulk that takes too long is retried, or dropped', async () => {
  for (const [onTimeout, status] of [
    ['retry', 'RETRY'],
    ['drop', 'DROP'],
  ] as const) {
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>()
    const plugin = subscribeBulk(
      placed,
      async ({ signal }) => {
        signal.addEventListener('abort', () => resolve(signal.reason))
        await aborted
      },
      { ...quiet, timeout: 5, onTimeout },
    )
    expect((await deliver(plugin, { entries: [entry('a', 1)] })).body).toEqual({
      statuses: [{ entryId: 'a', status }],
    })
    expect(await aborted).toMatchObject({ name: 'TimeoutError', message: 'not handled within 5 ms' })
  }
})

test('an entry that is lost is told of on the console', async () => {
  const error = spyOn(console, 'error').mockImplementation(() => undefined)
  try {
    await deliver(
      subscribeBulk(placed, () => [drop('no')]),
      { entries: [entry('a', 1)] },
    )
    await deliver(
      subscribeBulk(placed, () => [drop('no')], { deadLetterTopic: 'd' }),
      { entries: [entry('a', 1)] },
    )
    expect(error.mock.calls).toEqual([['event e1 of placed is lost, without a dead-letter topic: no']])
  } finally {
    error.mockRestore()
  }
})
