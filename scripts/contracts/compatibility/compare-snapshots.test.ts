import { describe, expect, test } from 'bun:test'
import { type TSchema, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'
import type { Service } from '../../topology/load.ts'
import type { Contract } from '../contract.ts'
import { compareSnapshots } from './compare-snapshots.ts'
import { type Snapshot, subjectsOf } from './snapshot.ts'

const line = { quantity: Type.Integer({ minimum: 1 }), cents: Type.Integer() }
const placed = {
  type: Type.Literal('placed'),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object(line)),
}
const gone = Type.Object({ type: Type.Literal('gone'), at: Type.String() })

function snapshot(values: Record<string, unknown>): Snapshot {
  const service = { name: 'shop', dir: 'services/shop', public: false, calls: {} } as unknown as Service
  const declared = Object.entries(values).map(([name, value]) => ({
    name,
    value,
    file: 'x.ts',
    line: 1,
    text: '',
  }))
  const kind = (kind: string) => declared.filter(({ value }) => (value as { kind: string }).kind === kind)
  const contract = { service, endpoints: kind('endpoint'), topics: kind('topic'), schemas: [] }
  return subjectsOf({ services: [service] }, [contract as unknown as Contract])[0]?.snapshot as Snapshot
}

const events = (...members: TSchema[]) => ({ orders: topic('pubsub', 'orders', Type.Union(members)) })
const before = snapshot(events(Type.Object(placed), gone))

function eventBreaks(...members: TSchema[]): string[] {
  return compareSnapshots(before, snapshot(events(...members))).map(({ text }) => text)
}

describe('an event breaks', () => {
  const { reason: _reason, ...withoutReason } = placed
  const lines = (properties: Record<string, TSchema>) => ({ lines: Type.Array(Type.Object(properties)) })
  const placedIs = 'topic orders, type placed'

  test.each([
    ['removed field', withoutReason, `${placedIs}, reason was removed`],
    [
      'removed field within a list',
      { ...placed, ...lines({ quantity: line.quantity }) },
      `${placedIs}, lines[].cents was removed`,
    ],
    ['new required field', { ...placed, by: Type.String() }, `${placedIs}, by is new and required`],
    ['required field', { ...placed, reason: Type.String() }, `${placedIs}, reason was optional, is required`],
    [
      'optional field',
      { ...placed, lines: Type.Optional(placed.lines) },
      `${placedIs}, lines was required, is optional`,
    ],
    [
      'narrowed type',
      { ...placed, ...lines({ ...line, quantity: Type.Integer({ minimum: 2 }) }) },
      `${placedIs}, lines[].quantity had minimum 1, has 2`,
    ],
    [
      'widened type',
      { ...placed, ...lines({ ...line, quantity: Type.Integer({ minimum: 0 }) }) },
      `${placedIs}, lines[].quantity had minimum 1, has 0`,
    ],
    [
      'other type',
      { ...placed, ...lines({ ...line, cents: Type.String() }) },
      `${placedIs}, lines[].cents was integer, is string`,
    ],
  ])('by a %s', (_, properties, text) => {
    expect(eventBreaks(Type.Object(properties as never), gone)).toEqual([text])
  })

  test('when its type is removed, renamed, or joined by one that consumers do not know', () => {
    const renamed = Type.Object({ ...placed, type: Type.Literal('ordered') })
    expect(eventBreaks(gone)).toEqual(['topic orders, type placed was removed'])
    expect(eventBreaks(renamed, gone)).toEqual([
      'topic orders, type placed was removed',
      'topic orders, type ordered is new',
    ])
    expect(eventBreaks(Type.Object(placed), gone, renamed)).toEqual(['topic orders, type ordered is new'])
  })

  test('when the literal of a topic with one event changes', () => {
    const one = (type: string) =>
      snapshot({ jobs: topic('pubsub', 'jobs', Type.Object({ type: Type.Literal(type) })) })
    expect(compareSnapshots(one('a'), one('b')).map(({ text }) => text)).toEqual([
      'topic jobs, type was "a", is "b"',
    ])
  })

  test('when its topic is removed or moves to another component', () => {
    expect(compareSnapshots(before, snapshot({})).map(({ text }) => text)).toEqual([
      'topic orders was removed',
    ])
    const moved = snapshot({ orders: topic('kafka', 'orders', Type.Union([Type.Object(placed), gone])) })
    expect(compareSnapshots(before, moved).map(({ text }) => text)).toEqual([
      'topic orders was in the component pubsub, is in kafka',
    ])
  })
})

test('an event may get an optional field, a topic may be added, descriptions may change', () => {
  const grown = {
    ...placed,
    note: Type.Optional(Type.String()),
    type: Type.Literal('placed', { title: 'x' }),
  }
  const added = { ...events(gone, Type.Object(grown)), jobs: topic('pubsub', 'jobs', Type.String()) }
  expect(compareSnapshots(before, snapshot(added))).toEqual([])
})

const put = {
  method: 'PUT',
  path: '/things/:id',
  params: Type.Object({ id: Type.String() }),
  headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
  body: Type.Object({
    name: Type.String(),
    size: Type.Optional(Type.Union([Type.Literal('s'), Type.Literal('m')])),
  }),
  response: Type.Object({ id: Type.String(), size: Type.Optional(Type.Literal('s')) }),
  errors: { 404: problem('unknown'), 409: problem('changed', 'gone') },
} as const
const putBefore = snapshot({ put: endpoint(put) })

function endpointBreaks(value: unknown): string[] {
  return compareSnapshots(putBefore, snapshot({ put: value })).map(({ text }) => text)
}

describe('an endpoint breaks', () => {
  const is = 'PUT /things/*'
  const sizes = (...all: string[]) => Type.Optional(Type.Union(all.map(size => Type.Literal(size))))

  test.each([
    ['another method', { method: 'POST' }, `${is} was removed`],
    ['another status', { status: 202 }, `${is}, status was 200, is 202`],
    [
      'a new required request field',
      { body: Type.Object({ ...put.body.properties, by: Type.String() }) },
      `${is}, body.by is new and required`,
    ],
    [
      'a removed request field',
      { body: Type.Object({ name: Type.String() }) },
      `${is}, body.size was removed`,
    ],
    [
      'a value no longer accepted',
      { body: Type.Object({ name: Type.String(), size: sizes('s') }) },
      `${is}, body.size no longer allows "m"`,
    ],
    [
      'a narrowed parameter',
      { params: Type.Object({ id: Type.String({ maxLength: 9 }) }) },
      `${is}, path.parameter 1 has a new maxLength 9`,
    ],
    [
      'a header that becomes required',
      { headers: Type.Object({ 'if-match': Type.String() }) },
      `${is}, header.if-match was optional, is required`,
    ],
    ['a new query', { query: Type.Object({ q: Type.String() }) }, `${is}, query.q is new and required`],
    [
      'a removed field of the answer',
      { response: Type.Object({ id: Type.String() }) },
      `${is}, response.size was removed`,
    ],
    [
      'an answer that callers do not know',
      { response: Type.Object({ id: Type.String(), size: sizes('s', 'm') }) },
      `${is}, response.size also allows "m"`,
    ],
    ['a removed error', { errors: { 409: put.errors[409] } }, `${is}, error 404 was removed`],
    [
      'a removed error code',
      { errors: { ...put.errors, 409: problem('changed') } },
      `${is}, error 409 no longer has the code gone`,
    ],
  ])('by %s', (_, change, text) => {
    expect(endpointBreaks(endpoint({ ...put, ...change } as never))).toEqual([text])
  })

  test('when it is removed', () => {
    expect(compareSnapshots(putBefore, snapshot({})).map(({ text }) => text)).toEqual([`${is} was removed`])
  })
})

test('an endpoint may ask for less and answer more', () => {
  const grown = endpoint({
    ...put,
    path: '/things/:thing',
    params: Type.Object({ thing: Type.String() }),
    query: Type.Object({ q: Type.Optional(Type.String()) }),
    body: Type.Object({
      name: Type.Optional(Type.String()),
      size: Type.Optional(Type.String()),
      note: Type.Optional(Type.String()),
    }),
    response: Type.Object({ ...put.response.properties, by: Type.String() }),
    errors: { ...put.errors, 404: problem('unknown', 'hidden'), 422: problem('invalid') },
  })
  const other = endpoint({ method: 'GET', path: '/things', response: Type.String() })
  expect(compareSnapshots(putBefore, snapshot({ put: grown, other }))).toEqual([])
})

test('what the public is offered stays offered', () => {
  const offering = (...offers: string[]): Snapshot => ({ topics: {}, endpoints: {}, offers })
  expect(compareSnapshots(offering('GET /a', 'GET /b'), offering('GET /b', 'GET /c'))).toEqual([
    { subject: 'GET /a', text: 'GET /a is no longer offered to the public', fix: 'put it back into calls' },
  ])
})
