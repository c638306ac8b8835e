import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'

export type Database = BetterSQLite3Database & { $client: SqliteDatabase.Database }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/**
 * Opens the SQLite database that a `file:` URL names, creating it if need be, and applies the migrations.
 * A commit survives the death of the process; `synchronous = FULL` makes it survive the loss of power too.
 * @throws Error when the URL is of another kind, or the folder cannot be written
 */
export function openDatabase(url: string, migrationsFolder: string): Database {
  if (!url.startsWith('file:')) {
    // No more of it than the scheme: it may hold a password.
    const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(url)?.[0]
    throw new Error(
      `the database URL must begin with file:${scheme ? `, this one begins with ${scheme}` : ''}`,
    )
  }
  const path = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
  mkdirSync(dirname(path), { recursive: true })
  const client = new SqliteDatabase(path)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = FULL')
  client.pragma('foreign_keys = ON')
  client.pragma('busy_timeout = 5000')
  const database = drizzle({ client })
  migrate(database, { migrationsFolder })
  return database
}
