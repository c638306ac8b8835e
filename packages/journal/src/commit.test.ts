import { afterAll, beforeAll, expect, test } from 'bun:test'
import { context, propagation, trace } from '@opentelemetry/api'
import { startTelemetry } from '@shop/chassis/telemetry'
import { Type } from '@sinclair/typebox'
import { topic } from 'elysia-dapr'
import { notes, temporaryDatabase } from '../test/temporary-database.ts'
import { commit, outgoing } from './commit.ts'
import type { Database } from './database.ts'
import { inbox, outbox } from './schema.ts'

const noted = topic('pubsub', 'noted', Type.Object({ text: Type.String() }))
const cause = { source: 'asker', id: 'e1', topic: 'asked' }

function contents(database: Database) {
  return {
    notes: database.select().from(notes).all(),
    inbox: database.select({ id: inbox.id }).from(inbox).all(),
    outbox: database.select().from(outbox).all(),
  }
}

test('rows, inbox and outbox are written together', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const written = commit(database, {
    inbox: cause,
    rows: transaction => transaction.insert(notes).values({ text: 'a' }).run(),
    outbox: [outgoing(noted, { text: 'a' }), outgoing(noted, { text: 'b' })],
  })
  expect(written).toBe(true)
  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
  const event = { id: uuid, pubsub: 'pubsub', topic: 'noted', traceparent: null }
  expect(contents(database)).toEqual({
    notes: [{ text: 'a' }],
    inbox: [{ id: 'e1' }],
    outbox: [
      { ...event, seq: 1, data: { text: 'a' } },
      { ...event, seq: 2, data: { text: 'b' } },
    ],
  })
})

test('rows that fail leave nothing behind', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const change = () =>
    commit(database, {
      inbox: cause,
      rows(transaction) {
        transaction.insert(notes).values({ text: 'a' }).run()
        throw new Error('no stock')
      },
      outbox: [outgoing(noted, { text: 'a' })],
    })
  expect(change).toThrow('no stock')
  expect(contents(database)).toEqual({ notes: [], inbox: [], outbox: [] })
})

test('an event that cannot be written takes the rows with it', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const change = () =>
    commit(database, {
      rows: transaction => transaction.insert(notes).values({ text: 'a' }).run(),
      outbox: [{ topic: noted, data: null }],
    })
  expect(change).toThrow('NOT NULL')
  expect(contents(database)).toEqual({ notes: [], inbox: [], outbox: [] })
})

test('an event that was handled before changes nothing', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const note = (text: string, id: string) =>
    commit(database, {
      inbox: { source: 'asker', topic: 'asked', id },
      rows: transaction => transaction.insert(notes).values({ text }).run(),
      outbox: [outgoing(noted, { text })],
    })
  expect([note('a', 'e1'), note('b', 'e1'), note('c', 'e2')]).toEqual([true, false, true])
  const { outbox: events, ...rest } = contents(database)
  expect(rest).toEqual({ notes: [{ text: 'a' }, { text: 'c' }], inbox: [{ id: 'e1' }, { id: 'e2' }] })
  expect(events.map(({ data }) => data)).toEqual([{ text: 'a' }, { text: 'c' }])
})

test('an id counts within its source and topic', () => {
  using opened = temporaryDatabase()
  const causes = [cause, { ...cause, source: 'another' }, { ...cause, topic: 'answered' }, cause]
  const handled = causes.map(each => commit(opened.database, { inbox: each, rows: () => undefined }))
  expect(handled).toEqual([true, true, true, false])
})

test('one that failed before is handled when it comes again', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  expect(() =>
    commit(database, {
      inbox: cause,
      rows() {
        throw new Error('busy')
      },
    }),
  ).toThrow('busy')
  expect(commit(database, { inbox: cause, rows: () => undefined })).toBe(true)
})

test('what a type cannot be is no outbox or rows', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const compiles = () => {
    // @ts-expect-error a promise escapes the transaction
    commit(database, { rows: async () => undefined })
    // @ts-expect-error so does one that is returned
    commit(database, { rows: () => Promise.resolve() })
    // @ts-expect-error the topic has another schema
    outgoing(noted, { text: 1 })
  }
  // Never called: it is tsc that checks what is expected above.
  expect(compiles).toBeFunction()
})

let endTelemetry: () => Promise<void>

beforeAll(async () => {
  endTelemetry = await startTelemetry({ service: 'test' })
})

afterAll(async () => {
  await endTelemetry()
  trace.disable()
  context.disable()
  propagation.disable()
})

test('an event keeps the trace of the request that made it', () => {
  using opened = temporaryDatabase()
  const { database } = opened
  const span = trace.getTracer('test').startSpan('request')
  context.with(trace.setSpan(context.active(), span), () =>
    commit(database, { rows: () => undefined, outbox: [outgoing(noted, { text: 'a' })] }),
  )
  const { traceId, spanId } = span.spanContext()
  expect(contents(database).outbox).toMatchObject([{ traceparent: `00-${traceId}-${spanId}-01` }])
})
