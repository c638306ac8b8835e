import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createBase } from '@shop/chassis/base'
import { Type } from '@sinclair/typebox'
import { topic } from 'elysia-dapr'
import { cloudEvent } from '../test/deliver.ts'
import type { TestTables } from '../test/tables.ts'
import { type Journals, journals } from '../test/temporary-journal.ts'
import { ConflictError } from './conflict.ts'
import { keepDeadLetter } from './dead-letters.ts'
import { createInbox } from './inbox.ts'
import type { Journal } from './journal.ts'
import { operations } from './operations.ts'

const noted = topic(
  'pubsub',
  'noted',
  Type.Object({ key: Type.String(), version: Type.Integer(), previous: Type.Integer() }),
)
const log = { info() {}, warn() {}, error() {} }

let all: Journals
let journal: Journal<TestTables>
let ask: (
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: unknown }>
let isBusy = false

beforeAll(async () => {
  all = await journals('sqlite')
  journal = await all.temporary()
  const inbox = createInbox({ journal, pubsub: 'pubsub', appId: 'stock', log })
  const rebuild = async () => {
    if (isBusy) throw new ConflictError('somebody else')
    return 7
  }
  const app = createBase({ log: log as never, appToken: 'secret' })
    .use(inbox.on(noted, { key: ({ key }) => key, decide: () => undefined }))
    .use(operations({ journal, inbox, appId: 'stock', projectors: { sums: { rebuild } } }))
  ask = async (path, body, headers = {}) => {
    const answer = await app.handle(
      new Request(`http://app/operations/${path}`, {
        headers: { 'dapr-api-token': 'secret', 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      }),
    )
    return { status: answer.status, body: await answer.json() }
  }
})
afterAll(() => all[Symbol.asyncDispose]())

test('only who has the token is answered, and no other app', async () => {
  for (const path of ['dead-letters', 'parked']) {
    expect(await ask(path)).toEqual({ status: 200, body: [] })
    expect((await ask(path, undefined, { 'dapr-api-token': 'wrong' })).status).toBe(401)
    expect((await ask(path, undefined, { 'dapr-caller-app-id': 'orders' })).status).toBe(403)
  }
  const headers = { 'dapr-caller-app-id': 'orders' }
  for (const path of ['dead-letters/replay', 'parked/release', 'projections/sums/rebuild']) {
    expect((await ask(path, { topic: 'noted', key: 'a' }, headers)).status).toBe(403)
  }
})

test('dead letters are listed and replayed, by their ids or all', async () => {
  const letters = [1, 2, 3].map(version =>
    cloudEvent('noted', `e${version}`, { key: 'a', version, previous: version - 1 }),
  )
  for (const letter of letters) await keepDeadLetter(journal, letter)
  expect((await ask('dead-letters')).body).toMatchObject(letters.map(({ id }) => ({ id, topic: 'noted' })))
  expect(await ask('dead-letters/replay', { ids: ['e3'] })).toEqual({
    status: 200,
    body: { replayed: 1, failed: [] },
  })
  expect((await ask('parked')).body).toMatchObject([{ topic: 'noted', key: 'a', version: 3, previous: 2 }])
  expect((await ask('dead-letters/replay', {})).body).toEqual({ replayed: 2, failed: [] })
  expect((await ask('dead-letters')).body).toEqual([])
  expect((await ask('parked')).body).toEqual([])
})

test('parked events are released', async () => {
  await keepDeadLetter(journal, cloudEvent('noted', 'b5', { key: 'b', version: 5, previous: 4 }))
  await ask('dead-letters/replay', {})
  expect((await ask('parked/release', { topic: 'noted', key: 'b' })).body).toEqual({ released: 1 })
  expect((await ask('parked')).body).toEqual([])
})

test('a projection is built anew; one that there is not names those there are', async () => {
  expect((await ask('projections/sums/rebuild', {})).body).toEqual({ events: 7 })
  expect(await ask('projections/none/rebuild', {})).toMatchObject({
    status: 404,
    body: { code: 'projection-unknown', projections: ['sums'] },
  })
  isBusy = true
  expect(await ask('projections/sums/rebuild', {})).toMatchObject({
    status: 409,
    body: { code: 'projection-rebuilt-by-another' },
  })
})
