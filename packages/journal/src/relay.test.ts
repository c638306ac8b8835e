import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { DaprError, sidecar, topic } from 'elysia-dapr'
import { notes, type TemporaryDatabase, temporaryDatabase } from '../test/temporary-database.ts'
import { commit, outgoing } from './commit.ts'
import { type RelayOptions, startRelay } from './relay.ts'
import { deadLetters, outbox } from './schema.ts'

const noted = topic('pubsub', 'noted', Type.Object({ text: Type.String() }))

/** What the relay sent, and what it is answered: 204 unless `answer` says otherwise. */
function startBroker() {
  const received: { id: string | null; text: string; traceparent: string | null }[] = []
  const broker = {
    received,
    answer: async (_text: string): Promise<number> => 204,
    texts: () => received.map(({ text }) => text),
    sidecar: sidecar({ endpoint: 'unused' }),
    stop: () => server.stop(true),
  }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname !== '/v1.0/publish/pubsub/noted') return new Response(null, { status: 404 })
      const { text } = (await request.json()) as { text: string }
      received.push({
        id: searchParams.get('metadata.cloudevent.id'),
        text,
        traceparent: request.headers.get('traceparent'),
      })
      return new Response(null, { status: await broker.answer(text) })
    },
  })
  broker.sidecar = sidecar({ endpoint: server.url.origin })
  return broker
}

let opened: TemporaryDatabase
let broker: ReturnType<typeof startBroker>
let stops: (() => Promise<void>)[] = []

beforeEach(() => {
  opened = temporaryDatabase()
  broker = startBroker()
  stops = []
})

afterEach(async () => {
  for (const stop of stops) await stop()
  broker.stop()
  opened[Symbol.dispose]()
})

function note(...texts: string[]) {
  commit(opened.database, { rows: () => undefined, outbox: texts.map(text => outgoing(noted, { text })) })
}

function left(): unknown[] {
  return opened.database
    .select()
    .from(outbox)
    .all()
    .map(({ data }) => (data as { text: string }).text)
}

function relay(options: Partial<RelayOptions> = {}) {
  const started = startRelay({
    database: opened.database,
    sidecar: broker.sidecar,
    source: 'notary',
    maxPause: 1,
    onError: error => {
      throw error
    },
    ...options,
  })
  stops.push(started.stop)
  return started
}

/** Until the condition holds; the test's own time-out is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('what an earlier process left is published in its order, then deleted', async () => {
  note('a', 'b')
  note('c')
  const ids = opened.database
    .select()
    .from(outbox)
    .all()
    .map(({ id }) => id)
  relay()
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(['a', 'b', 'c'])
  expect(broker.received.map(({ id }) => id)).toEqual(ids)
})

test('more rows than one query takes are published in their order', async () => {
  const texts = Array.from({ length: 230 }, (_, index) => `${index}`)
  note(...texts)
  relay()
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(texts)
})

test('a row is there until the broker has its event', async () => {
  const taken = Promise.withResolvers<number>()
  broker.answer = () => taken.promise
  note('a')
  relay()
  await until(() => broker.received.length === 1)
  expect(left()).toEqual(['a'])
  taken.resolve(204)
  await until(() => left().length === 0)
})

test('a failure is told and tried again with the same id; nothing overtakes it', async () => {
  const errors: unknown[] = []
  let failures = 3
  broker.answer = async text => (text === 'b' && failures-- > 0 ? 500 : 204)
  note('a', 'b', 'c')
  relay({ onError: error => errors.push(error) })
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(['a', 'b', 'b', 'b', 'b', 'c'])
  expect(new Set(broker.received.map(({ id }) => id)).size).toBe(3)
  expect(errors).toHaveLength(3)
  expect(errors[0]).toBeInstanceOf(DaprError)
})

test('an event that is refused for good becomes a dead letter, and the others go on', async () => {
  const outcomes: string[] = []
  broker.answer = async text => (text === 'b' ? 403 : 204)
  note('a', 'b', 'c')
  relay({ onError: (_, outcome) => outcomes.push(outcome) })
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(['a', 'b', 'c'])
  expect(outcomes).toEqual(['given up'])
  const id = broker.received[1]?.id
  expect(opened.database.select().from(deadLetters).all()).toMatchObject([
    { source: 'notary', topic: 'noted', id, event: { data: { text: 'b' } } },
  ])
})

test('a component that is not loaded yet is waited for', async () => {
  let missing = 2
  broker.answer = async () => (missing-- > 0 ? 404 : 204)
  note('a')
  relay({ onError: () => undefined })
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(['a', 'a', 'a'])
})

test('the pauses grow to their limit, and are short again after a success', async () => {
  const pauses: number[] = []
  const { setTimeout } = globalThis
  using _ = spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, pause: number) => {
    pauses.push(pause)
    return setTimeout(run, 0)
  }) as never)
  let failures = 5
  broker.answer = async () => (failures-- > 0 ? 503 : 204)
  const { wake } = relay({ maxPause: 1_000, onError: () => undefined })
  note('a')
  wake()
  await until(() => left().length === 0)
  expect(pauses).toEqual([100, 200, 400, 800, 1_000])
  failures = 1
  note('b')
  wake()
  await until(() => left().length === 0)
  expect(pauses.slice(5)).toEqual([100])
})

test('a wake during the pause waits for its end', async () => {
  const errors: unknown[] = []
  let down = true
  broker.answer = async () => (down ? 503 : 204)
  note('a')
  const { wake } = relay({ maxPause: 20, onError: error => errors.push(error) })
  await until(() => errors.length === 1)
  const attempts = broker.received.length
  for (let times = 0; times < 50; times++) wake()
  await new Promise(resolve => setImmediate(resolve))
  expect(broker.received).toHaveLength(attempts)
  down = false
  await until(() => left().length === 0)
})

test('no wake is lost, whenever it comes', async () => {
  const { wake } = relay()
  const texts: string[] = []
  for (let index = 0; index < 150; index++) {
    const text = `${index}`
    texts.push(text)
    note(text)
    wake()
    // A different number of turns each time, so that wakes meet the relay in each of its states.
    for (let turn = 0; turn < index % 11; turn++) await Promise.resolve()
    if (index % 7 === 0) await until(() => left().length === 0)
  }
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(texts)
})

test('stop finishes the publication under way and leaves the rest', async () => {
  const taken = Promise.withResolvers<number>()
  broker.answer = () => taken.promise
  note('a', 'b')
  const { stop, wake } = relay()
  await until(() => broker.received.length === 1)
  const stopped = stop()
  taken.resolve(204)
  await stopped
  expect(left()).toEqual(['b'])
  wake()
  await stop()
  expect(broker.texts()).toEqual(['a'])

  relay()
  await until(() => left().length === 0)
  expect(broker.texts()).toEqual(['a', 'b'])
})

test('a publication that hangs does not hold up the end, and stays in the outbox', async () => {
  const never = Promise.withResolvers<number>()
  broker.answer = () => never.promise
  note('a')
  const { stop } = relay({ onError: () => undefined })
  await until(() => broker.received.length === 1)
  await stop(1)
  expect(left()).toEqual(['a'])
  never.resolve(204)
})

test('nothing waits after a publication that fails while it stops', async () => {
  const taken = Promise.withResolvers<number>()
  broker.answer = () => taken.promise
  note('a')
  const errors: unknown[] = []
  const { stop } = relay({ onError: error => errors.push(error) })
  await until(() => broker.received.length === 1)
  const stopped = stop()
  using timer = spyOn(globalThis, 'setTimeout')
  taken.resolve(503)
  await stopped
  expect(errors).toHaveLength(1)
  expect(timer).not.toHaveBeenCalled()
  expect(left()).toEqual(['a'])
})

test('business rows are not the relay’s', async () => {
  commit(opened.database, {
    rows: transaction => transaction.insert(notes).values({ text: 'kept' }).run(),
    outbox: [outgoing(noted, { text: 'a' })],
  })
  relay()
  await until(() => left().length === 0)
  expect(opened.database.select().from(notes).all()).toEqual([{ text: 'kept' }])
})
