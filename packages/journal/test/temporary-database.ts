import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { type Database, openDatabase } from '../src/database.ts'

export const migrations = join(import.meta.dir, 'migrations')

/** Business rows of the tests. */
export const notes = sqliteTable('notes', { text: text().primaryKey() })

export interface TemporaryDatabase extends Disposable {
  database: Database
  folder: string
  url: string
}

/** A database in a folder of its own, both gone at the end of the scope. */
export function temporaryDatabase(): TemporaryDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'))
  const url = `file:${join(folder, 'test.db')}`
  const database = openDatabase(url, migrations)
  return {
    database,
    folder,
    url,
    [Symbol.dispose]() {
      database.$client.close()
      rmSync(folder, { recursive: true })
    },
  }
}
