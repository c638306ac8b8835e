import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { groupCommit } from './group-commit.ts'

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'group-'))
  const path = join(folder, 'test.db')
  const client = new SqliteDatabase(path)
  client.pragma('journal_mode = WAL')
  client.exec('create table notes (text primary key)')
  const other = new SqliteDatabase(path)
  const insert = client.prepare('insert into notes values (?)')
  return {
    client,
    note: (text: string) => insert.run(text).changes,
    /** What another connection sees: what is committed. */
    committed: () =>
      (other.prepare('select text from notes').all() as { text: string }[]).map(row => row.text),
    [Symbol.dispose]() {
      other.close()
      client.close()
      rmSync(folder, { recursive: true })
    },
  }
}

const durable = { durable: true }

test('who commits at the same time is committed together, each with its own result', async () => {
  using database = open()
  const group = groupCommit(database.client)
  const seen: string[][] = []
  const both = ['a', 'b'].map(text =>
    group.commit(() => {
      seen.push(database.committed())
      return database.note(text)
    }, durable),
  )
  expect(database.committed()).toEqual([])
  expect(await Promise.all(both)).toEqual([1, 1])
  // the first one was not committed yet when the second one ran
  expect(seen).toEqual([[], []])
  expect(database.committed()).toEqual(['a', 'b'])
})

test('what one of them throws undoes its own work alone', async () => {
  using database = open()
  const group = groupCommit(database.client)
  const outcomes = await Promise.allSettled([
    group.commit(() => database.note('a'), durable),
    group.commit(() => {
      database.note('b')
      throw new Error('no stock')
    }, durable),
    group.commit(() => database.note('a'), durable),
    group.commit(() => database.note('c'), { durable: false }),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(database.committed()).toEqual(['a', 'c'])
})

test('when the transaction itself fails, all of them have failed', async () => {
  using database = open()
  const group = groupCommit(database.client)
  database.client.pragma('foreign_keys = ON')
  database.client.exec('create table tags (note text references notes deferrable initially deferred)')
  const outcomes = await Promise.allSettled([
    group.commit(() => database.note('a'), durable),
    // found only when everything is committed
    group.commit(() => database.client.exec("insert into tags values ('missing')"), durable),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(database.committed()).toEqual([])
  expect(await group.commit(() => database.note('b'), durable)).toBe(1)
})

test('what waits is committed at once when it is asked for', async () => {
  using database = open()
  const group = groupCommit(database.client)
  const waiting = group.commit(() => database.note('a'), durable)
  group.flush()
  expect(database.committed()).toEqual(['a'])
  await waiting
})

test.each([
  [true, 2],
  [false, 1],
])('durable: %p', async (isDurable, level) => {
  using database = open()
  const group = groupCommit(database.client)
  let synchronous: unknown
  await group.commit(
    () => {
      synchronous = database.client.pragma('synchronous', { simple: true })
    },
    { durable: isDurable },
  )
  expect(synchronous).toBe(level)
})
