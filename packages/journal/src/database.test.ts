import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { migrations, notes, temporaryDatabase } from '../test/temporary-database.ts'
import { openDatabase } from './database.ts'

test('migrations are applied once: opening again keeps the rows', () => {
  using opened = temporaryDatabase()
  opened.database.insert(notes).values({ text: 'kept' }).run()
  const again = openDatabase(opened.url, migrations)
  expect(again.select().from(notes).all()).toEqual([{ text: 'kept' }])
  again.$client.close()
})

test.each(['file:', 'file://'])('the folder is made for a %s URL', scheme => {
  using opened = temporaryDatabase()
  const path = join(opened.folder, 'new folder', 'shop.db')
  const url = scheme === 'file:' ? `file:${path}` : pathToFileURL(path).href
  openDatabase(url, migrations).$client.close()
  expect(existsSync(path)).toBe(true)
})

test('a commit is durable, and references are enforced', () => {
  using opened = temporaryDatabase()
  const pragma = (name: string) => opened.database.$client.pragma(name, { simple: true })
  expect(pragma('journal_mode')).toBe('wal')
  expect(pragma('synchronous')).toBe(2)
  expect(pragma('foreign_keys')).toBe(1)
  expect(pragma('busy_timeout')).toBe(5000)
})

test('another kind of URL is refused, without the password in it', () => {
  const open = () => openDatabase('postgres://shop:hunter2@db/orders', migrations)
  expect(open).toThrow('the database URL must begin with file:, this one begins with postgres:')
  expect(() => openDatabase('hunter2', migrations)).not.toThrow(/hunter2/)
})
