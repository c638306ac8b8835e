import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { ETagMismatchError, type Sidecar, sidecar, stateStore } from '../../packages/elysia-dapr/src/index.ts'
import { eventually, failureOf } from '../conformance/wait.ts'
import { type Sidecars, temporarySidecars } from './sidecars.ts'

const Note = Type.Object({ text: Type.String() })

let sidecars: Sidecars
let dapr: Sidecar

beforeAll(async () => {
  sidecars = await temporarySidecars()
  dapr = await sidecars.start('cart')
})

afterAll(() => sidecars[Symbol.asyncDispose]())

const notes = () => stateStore(dapr, 'carts', Note)
const text = async (key: string) => (await notes().get(key))?.value.text

test('a value is there from its save to its deletion', async () => {
  expect(await notes().get('a')).toBeUndefined()
  await notes().save('a', { text: 'first' })
  expect(await notes().get('a')).toEqual({ value: { text: 'first' }, etag: expect.stringMatching(/.+/) })
  await notes().save('a', { text: 'second' })
  expect(await text('a')).toBe('second')
  await notes().delete('a')
  expect(await notes().get('a')).toBeUndefined()
  await notes().delete('a')
})

test.each(['with space', 'ünïcode', 'a?b#c&d=e', '100%', 'a/b'])('a key may be %p', async key => {
  await notes().save(key, { text: key })
  expect(await text(key)).toBe(key)
  await notes().delete(key)
  expect(await text(key)).toBeUndefined()
})

describe('etag', () => {
  test('changes the version that it names, and no other', async () => {
    await notes().save('e', { text: 'first' })
    const etag = (await notes().get('e'))?.etag ?? ''
    await notes().save('e', { text: 'second' }, { etag })
    const error = await failureOf(notes().save('e', { text: 'third' }, { etag }))
    expect(error).toBeInstanceOf(ETagMismatchError)
    expect(error).toMatchObject({ status: 409, retryable: false })
    expect(await text('e')).toBe('second')
  })

  test('lets one of many writers at once through', async () => {
    await notes().save('race', { text: 'start' })
    const etag = (await notes().get('race'))?.etag ?? ''
    const writers = Array.from({ length: 8 }, (_, index) => `${index}`)
    const results = await Promise.allSettled(writers.map(text => notes().save('race', { text }, { etag })))
    const winners = writers.filter((_, index) => results[index]?.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    expect(await text('race')).toBe(winners[0])
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ETagMismatchError)
    }
  })

  test('that is empty names no version', async () => {
    await notes().save('empty', { text: 'first' })
    expect(await failureOf(notes().save('empty', { text: 'second' }, { etag: '' }))).toBeInstanceOf(
      ETagMismatchError,
    )
    expect(await text('empty')).toBe('first')
  })

  test('deletes the version that it names, and no other', async () => {
    await notes().save('d', { text: 'first' })
    const etag = (await notes().get('d'))?.etag ?? ''
    await notes().save('d', { text: 'second' })
    expect(await failureOf(notes().delete('d', { etag }))).toBeInstanceOf(ETagMismatchError)
    expect(await text('d')).toBe('second')
    await notes().delete('d', { etag: (await notes().get('d'))?.etag ?? '' })
    expect(await text('d')).toBeUndefined()
  })
})

test('ifAbsent writes when there is nothing, once', async () => {
  const writers = ['0', '1', '2', '3']
  const results = await Promise.allSettled(
    writers.map(text => notes().save('n', { text }, { ifAbsent: true })),
  )
  const winners = writers.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(winners).toHaveLength(1)
  expect(await text('n')).toBe(winners[0])
  expect(await failureOf(notes().save('n', { text: 'late' }, { ifAbsent: true }))).toBeInstanceOf(
    ETagMismatchError,
  )
})

test('a value with a time to live disappears', async () => {
  await notes().save('t', { text: 'short' }, { ttl: 2 })
  await notes().save('kept', { text: 'long' }, { ttl: 60 })
  expect(await text('t')).toBe('short')
  await eventually(async () => ((await notes().get('t')) === undefined ? true : undefined))
  expect(await text('kept')).toBe('long')
})

test('a value that does not fit its schema is an error', async () => {
  await stateStore(dapr, 'carts', Type.Unknown()).save('w', { text: 1 })
  expect(await failureOf(notes().get('w'))).toMatchObject({
    code: 'SCHEMA_MISMATCH',
    message: 'w in carts does not fit its schema at /text',
  })
})

test.each(['', '.', '..'])('no key is %p, which a URL cannot hold', async key => {
  const calls = [() => notes().get(key), () => notes().save(key, { text: '' }), () => notes().delete(key)]
  for (const call of calls) expect(await failureOf(call())).toBeInstanceOf(TypeError)
})

test('a store that is not there', async () => {
  const store = stateStore(dapr, 'nowhere', Note)
  const calls = [() => store.get('a'), () => store.save('a', { text: '' }), () => store.delete('a')]
  for (const call of calls) {
    expect(await failureOf(call())).toMatchObject({ name: 'DaprError', code: 'ERR_STATE_STORE_NOT_FOUND' })
  }
})

test('a wrong token is refused', async () => {
  const stranger = sidecar({ endpoint: dapr.endpoint, apiToken: 'wrong' })
  expect(await failureOf(stateStore(stranger, 'carts', Note).get('a'))).toMatchObject({ status: 401 })
})
