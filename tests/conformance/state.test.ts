import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type TSchema, Type } from '@sinclair/typebox'
import { RedisClient } from 'bun'
import {
  type BulkGetError,
  ETagMismatchError,
  sidecar,
  stateStore,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, eventually, failureOf, redisTest, startRedis } from './environment.ts'

setDefaultTimeout(60_000)

const Note = Type.Object({ text: Type.String() })

let dapr: Daprd

beforeAll(async () => {
  const sqlite = component('notes', 'state.sqlite', { connectionString: 'notes.db', cleanupInterval: '1s' })
  dapr = await daprd({ resources: [sqlite, component('memory', 'state.in-memory')] })
})

afterAll(() => dapr[Symbol.asyncDispose]())

const storeOf = <Schema extends TSchema>(schema: Schema, name = 'notes') => stateStore(dapr, name, schema)
const anything = () => storeOf(Type.Unknown())

describe.each(['notes', 'memory'])('a value in %s', name => {
  const store = () => storeOf(Type.Unknown(), name)

  const values = [0, false, '', null, '<&>', 'ü\u0000😀', [], 9007199254740992, -0.5]

  test.each(values.map(value => [value]))('may be %j', async value => {
    await store().save('value', value)
    expect((await store().get('value'))?.value).toEqual(value)
    expect((await store().getBulk(['value'])).get('value')?.value).toEqual(value)
  })

  test('that is an integer beyond 2^53 is rounded by daprd, a text is not', async () => {
    const body = '[{"key":"large","value":{"number":9007199254740993,"text":"9007199254740993"}}]'
    const headers = { 'content-type': 'application/json' }
    const saved = await dapr.request(`/v1.0/state/${name}`, { method: 'POST', headers, body })
    expect(saved.status).toBe(204)
    const { value } = (await store().get('large')) ?? {}
    expect(value).toEqual({ number: 9007199254740992, text: '9007199254740993' })
  })
})

test('undefined is no value', async () => {
  expect(await failureOf(anything().save('value', undefined))).toBeInstanceOf(TypeError)
})

const keys = [
  'with space ',
  'ü/😀',
  'a/../b',
  './a',
  'a//b',
  '%2F',
  '+',
  'bulk',
  'transaction',
  'a?b#c',
  'a|b',
]

test.each(keys)('a key may be %j, in every call', async key => {
  const store = anything()
  await store.save(key, key)
  const entry = await store.get(key)
  expect(entry?.value).toBe(key)
  expect([...(await store.getBulk([key])).keys()]).toEqual([key])
  await store.transaction([{ operation: 'upsert', key, value: 'changed', etag: entry?.etag ?? '' }])
  expect((await store.get(key))?.value).toBe('changed')
  await store.delete(key)
  expect(await store.get(key)).toBeUndefined()
})

test.each(['', '.', '..'])('no key is %j, which a URL cannot hold', async key => {
  const store = anything()
  for (const call of [() => store.get(key), () => store.save(key, 1), () => store.delete(key)]) {
    expect(await failureOf(call())).toBeInstanceOf(TypeError)
  }
})

test('a value that does not fit its schema is an error, which names the key and the place', async () => {
  await anything().save('unfit', { text: 1 })
  expect(await failureOf(storeOf(Note).get('unfit'))).toMatchObject({
    name: 'DaprError',
    code: 'SCHEMA_MISMATCH',
    message: 'unfit in notes does not fit its schema at /text',
    retryable: false,
  })
})

test('a key may not have ||, with which daprd parts it from the app ID', async () => {
  const store = anything()
  const calls = [
    store.get('a||b'),
    store.save('a||b', 1),
    store.delete('a||b'),
    store.getBulk(['a||b']),
    store.transaction([{ operation: 'upsert', key: 'a||b', value: 1 }]),
  ]
  for (const error of await Promise.all(calls.map(failureOf))) {
    expect(error).toMatchObject({ code: 'ERR_MALFORMED_REQUEST', status: 400, retryable: false })
  }
})

describe('many keys in one call', () => {
  test('are those that are there, with their etags', async () => {
    const store = storeOf(Note)
    await store.save('m1', { text: '1' })
    await store.save('m2', { text: '2' })
    const entries = await store.getBulk(['m1', 'none', 'm2'])
    expect([...entries].sort()).toEqual([
      ['m1', { value: { text: '1' }, etag: expect.stringMatching(/.+/) }],
      ['m2', { value: { text: '2' }, etag: expect.stringMatching(/.+/) }],
    ])
    await store.save('m1', { text: 'new' }, { etag: entries.get('m1')?.etag ?? '' })
    expect(await store.getBulk([])).toEqual(new Map())
  })

  test('of which one does not fit reject, with those that do', async () => {
    await anything().save('bad', { text: 5 })
    await storeOf(Note).save('good', { text: 'x' })
    const error = (await failureOf(storeOf(Note).getBulk(['good', 'bad', 'none']))) as BulkGetError
    expect(error).toMatchObject({
      name: 'BulkGetError',
      code: 'BULK_GET_FAILED',
      status: 200,
      retryable: false,
    })
    expect([...error.entries.keys()]).toEqual(['good'])
    expect([...error.failures]).toMatchObject([['bad', { code: 'SCHEMA_MISMATCH' }]])
  })
})

describe('a transaction', () => {
  const read = async (...keys: string[]) => {
    const entries = await anything().getBulk(keys)
    return keys.map(key => entries.get(key)?.value)
  }

  test('makes all its changes', async () => {
    const store = anything()
    await store.save('t-old', 1)
    await store.save('t-etag', 1)
    await store.transaction([
      { operation: 'upsert', key: 't-new', value: 0 },
      { operation: 'upsert', key: 't-etag', value: 2, etag: (await store.get('t-etag'))?.etag ?? '' },
      { operation: 'upsert', key: 't-absent', value: false, ifAbsent: true },
      { operation: 'upsert', key: 't-ttl', value: 'short', ttl: 1 },
      { operation: 'delete', key: 't-old' },
      { operation: 'delete', key: 't-none' },
    ])
    expect(await read('t-new', 't-etag', 't-absent', 't-ttl', 't-old')).toEqual([
      0,
      2,
      false,
      'short',
      undefined,
    ])
    await eventually(async () => ((await store.get('t-ttl')) === undefined ? true : undefined))
    await store.transaction([])
  })

  test.each([
    ['an etag', { operation: 'upsert', key: 'c', value: 3, etag: 'old' }],
    ['ifAbsent', { operation: 'upsert', key: 'c', value: 3, ifAbsent: true }],
    ['the etag of a deletion', { operation: 'delete', key: 'c', etag: 'old' }],
  ] as const)('makes none of its changes when %s does not hold', async (_, change) => {
    const store = anything()
    await store.save('c', 2)
    const error = await failureOf(
      store.transaction([{ operation: 'upsert', key: 'c-other', value: 1 }, change]),
    )
    expect(error).toBeInstanceOf(ETagMismatchError)
    expect(error).toMatchObject({ status: 409, code: 'ERR_STATE_TRANSACTION', retryable: false })
    expect(await read('c', 'c-other')).toEqual([2, undefined])
  })

  test('is made once by one of many with the same etag', async () => {
    const store = anything()
    await store.save('t-race', 'start')
    const etag = (await store.get('t-race'))?.etag ?? ''
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map(value => store.transaction([{ operation: 'upsert', key: 't-race', value, etag }])),
    )
    const won = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index + 1] : []))
    expect(won).toEqual([(await store.get('t-race'))?.value as number])
  })
})

describe('a value with a time to live', () => {
  test('is gone after it, for every call', async () => {
    const store = anything()
    await store.save('short', 1, { ttl: 1 })
    await store.save('long', 1, { ttl: 60 })
    expect((await store.get('short'))?.value).toBe(1)
    await eventually(async () => ((await store.get('short')) === undefined ? true : undefined))
    expect([...(await store.getBulk(['short', 'long'])).keys()]).toEqual(['long'])
    await store.save('short', 2, { ifAbsent: true })
  })

  test('keeps its value for ever after all with -1', async () => {
    const store = anything()
    await store.save('kept', 1, { ttl: 1 })
    await store.save('kept', 2, { ttl: -1 })
    await store.save('clock', 1, { ttl: 1 })
    await eventually(async () => ((await store.get('clock')) === undefined ? true : undefined))
    expect((await store.get('kept'))?.value).toBe(2)
  })

  test.each([0, 1.5, -2, Number.NaN])('has none of %p', async ttl => {
    expect(await failureOf(anything().save('ttl', 1, { ttl }))).toBeInstanceOf(TypeError)
  })
})

describe('deleting what is not there', () => {
  test('succeeds', async () => {
    await anything().delete('never')
  })

  test('fails with an etag, which says that it is', async () => {
    expect(await failureOf(anything().delete('never', { etag: 'x' }))).toBeInstanceOf(ETagMismatchError)
  })
})

test('consistency and metadata are passed on', async () => {
  const store = anything()
  const options = { consistency: 'strong', metadata: { partitionKey: 'a' } } as const
  await store.save('strong', 1, options)
  expect((await store.get('strong', options))?.value).toBe(1)
  await store.delete('strong', { ...options, consistency: 'eventual' })
  expect(await store.get('strong')).toBeUndefined()
})

test('a value beyond the limit of daprd is told as such', async () => {
  const error = await failureOf(anything().save('large', 'x'.repeat(5 * 1024 * 1024)))
  expect(error).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413, retryable: false })
})

test('every call of a store rejects: an unknown store, a wrong token, no sidecar', async () => {
  const nowhere = await failureOf(storeOf(Note, 'nowhere').getBulk(['a']))
  expect(nowhere).toMatchObject({ code: 'ERR_STATE_STORE_NOT_FOUND', retryable: false })
  const stranger = stateStore(sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' }), 'notes', Note)
  for (const call of [
    () => stranger.get('a'),
    () => stranger.getBulk(['a']),
    () => stranger.transaction([]),
  ]) {
    expect(await failureOf(call())).toMatchObject({ name: 'DaprError', status: 401, retryable: false })
  }
  const gone = stateStore(sidecar({ endpoint: 'http://127.0.0.1:1' }), 'notes', Note)
  expect(await failureOf(gone.getBulk(['a']))).toMatchObject({ code: 'UNREACHABLE', retryable: true })
})

redisTest(
  'Redis: the same errors, but a transaction whose etag does not hold makes its other changes',
  async () => {
    await using redis = await startRedis()
    await using dapr = await daprd({ resources: [redis.component('notes', 'state.redis')] })
    const store = stateStore(dapr, 'notes', Type.Integer())
    await store.save('a', 1)
    const etag = (await store.get('a'))?.etag ?? ''
    await store.save('a', 2, { etag })
    expect(await failureOf(store.save('a', 3, { etag }))).toBeInstanceOf(ETagMismatchError)
    expect(await failureOf(store.delete('a', { etag }))).toBeInstanceOf(ETagMismatchError)
    for (const change of [
      { operation: 'upsert', key: 'a', value: 3, etag },
      { operation: 'delete', key: 'a', etag },
    ] as const) {
      const error = await failureOf(store.transaction([{ operation: 'upsert', key: 'b', value: 1 }, change]))
      expect(error).toMatchObject({ name: 'ETagMismatchError', status: 409 })
    }
    const malformed = { operation: 'upsert', key: 'a', value: 3, etag: 'x' } as const
    expect(await failureOf(store.transaction([malformed]))).toMatchObject({ name: 'DaprError', status: 400 })
    expect([...(await store.getBulk(['a', 'b']))].map(([key, { value }]) => [key, value])).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  },
)

redisTest('Redis: ifAbsent holds against what was saved with ifAbsent', async () => {
  await using redis = await startRedis()
  await using dapr = await daprd({ resources: [redis.component('notes', 'state.redis')] })
  const store = stateStore(dapr, 'notes', Type.Integer())
  await store.save('first', 1, { ifAbsent: true })
  expect(await failureOf(store.save('first', 2, { ifAbsent: true }))).toBeInstanceOf(ETagMismatchError)
  await store.save('plain', 1)
  await store.save('plain', 2, { ifAbsent: true })
})

redisTest('Redis: what was saved with ifAbsent takes no value without its etag', async () => {
  await using redis = await startRedis()
  await using dapr = await daprd({ resources: [redis.component('notes', 'state.redis')] })
  const store = stateStore(dapr, 'notes', Type.Integer())
  await store.save('first', 1, { ifAbsent: true })
  const refused = { name: 'DaprError', status: 409, retryable: false }
  expect(await failureOf(store.save('first', 2))).toMatchObject(refused)
  await store.save('first', 2, { etag: (await store.get('first'))?.etag ?? '' })
})

redisTest('Redis: one that is away is no mismatch, and worth a retry', async () => {
  await using redis = await startRedis()
  await using dapr = await daprd({ resources: [redis.component('notes', 'state.redis')] })
  const store = stateStore(dapr, 'notes', Type.Integer())
  await store.save('a', 1)
  const etag = (await store.get('a'))?.etag ?? ''
  await redis.kill()
  const upsert = { operation: 'upsert', key: 'a', value: 2 } as const
  const calls = [
    store.save('a', 2),
    store.save('a', 2, { etag }),
    store.save('b', 2, { ifAbsent: true }),
    store.delete('a'),
    store.delete('a', { etag }),
    store.transaction([upsert]),
    store.transaction([{ ...upsert, etag }]),
  ]
  for (const error of await Promise.all(calls.map(failureOf))) {
    expect(error).toMatchObject({ name: 'DaprError', status: 500, retryable: true })
  }
  await redis.restart()
  await eventually(() =>
    store.save('a', 2).then(
      () => true,
      () => undefined,
    ),
  )
})

redisTest('Redis: a key that the store cannot read fails alone', async () => {
  await using redis = await startRedis()
  await using dapr = await daprd({ resources: [redis.component('notes', 'state.redis')] })
  const store = stateStore(dapr, 'notes', Type.Integer())
  await store.save('good', 1)
  const client = new RedisClient(redis.url)
  await client.send('LPUSH', ['app||bad', 'x'])
  client.close()
  const error = (await failureOf(store.getBulk(['good', 'bad', 'none']))) as BulkGetError<{ value: number }>
  expect(error).toMatchObject({ name: 'BulkGetError', retryable: true })
  expect(error.entries.get('good')?.value).toBe(1)
  expect([...error.failures]).toMatchObject([
    ['bad', { code: 'ERR_STATE_GET', status: 500, retryable: true }],
  ])
  const alone = await failureOf(store.get('bad'))
  expect(alone).toMatchObject({ code: 'ERR_STATE_GET', status: 500 })
})
