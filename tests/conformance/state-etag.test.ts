import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { ETagMismatchError, stateStore } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { component, daprd, failureOf } from './environment.ts'

setDefaultTimeout(60_000)

const Note = Type.Object({ text: Type.String() })

let dapr: Daprd

beforeAll(async () => {
  const sqlite = component('notes', 'state.sqlite', { connectionString: 'notes.db' })
  dapr = await daprd({ resources: [sqlite] })
})

afterAll(() => dapr[Symbol.asyncDispose]())

const notes = () => stateStore(dapr, 'notes', Note)
const text = async (key: string) => (await notes().get(key))?.value.text
const etagOf = async (key: string) => (await notes().get(key))?.etag ?? ''

describe('an etag', () => {
  test('changes the version that it names, and no other', async () => {
    await notes().save('e', { text: 'first' })
    const etag = await etagOf('e')
    await notes().save('e', { text: 'second' }, { etag })
    const error = await failureOf(notes().save('e', { text: 'third' }, { etag }))
    expect(error).toBeInstanceOf(ETagMismatchError)
    expect(error).toMatchObject({ status: 409, retryable: false })
    expect(await text('e')).toBe('second')
  })

  test('lets one of many writers at once through', async () => {
    await notes().save('race', { text: 'start' })
    const etag = await etagOf('race')
    const winner = await onlyWinner(8, text => notes().save('race', { text }, { etag }))
    expect(await text('race')).toBe(winner)
  })

  test('that is empty names no version', async () => {
    await notes().save('empty', { text: 'first' })
    const error = await failureOf(notes().save('empty', { text: 'second' }, { etag: '' }))
    expect(error).toBeInstanceOf(ETagMismatchError)
    expect(await text('empty')).toBe('first')
  })

  test('deletes the version that it names, and no other', async () => {
    await notes().save('d', { text: 'first' })
    const etag = await etagOf('d')
    await notes().save('d', { text: 'second' })
    expect(await failureOf(notes().delete('d', { etag }))).toBeInstanceOf(ETagMismatchError)
    expect(await text('d')).toBe('second')
    await notes().delete('d', { etag: await etagOf('d') })
    expect(await text('d')).toBeUndefined()
  })
})

test('ifAbsent lets one of many writers at once through, and nobody later', async () => {
  const winner = await onlyWinner(4, text => notes().save('n', { text }, { ifAbsent: true }))
  expect(await text('n')).toBe(winner)
  const error = await failureOf(notes().save('n', { text: 'late' }, { ifAbsent: true }))
  expect(error).toBeInstanceOf(ETagMismatchError)
  expect(await text('n')).toBe(winner)
})

/** The text of the one write that succeeds, of so many at once; the others fail for their etag. */
async function onlyWinner(count: number, write: (text: string) => Promise<void>): Promise<string> {
  const texts = Array.from({ length: count }, (_, index) => `${index}`)
  const results = await Promise.allSettled(texts.map(write))
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ETagMismatchError)
  }
  const winners = texts.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(winners).toHaveLength(1)
  return winners[0] ?? ''
}
