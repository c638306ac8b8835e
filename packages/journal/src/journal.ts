import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { ChangeSet, Outcome } from './change-set.ts'
import type { locks } from './locks.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

export type Dialect = 'sqlite' | 'postgres'

/** Both dialects behind the type of one. Await the queries: `.all()`, `.get()` and `.run()` are SQLite's alone. */
export type Database = BaseSQLiteDatabase<'async', unknown>

/** A service's database: read with queries, written by `commit` alone. */
export interface Journal<T = unknown> {
  readonly dialect: Dialect
  readonly tables: T
  /** For queries. */
  readonly database: Pick<Database, 'select' | 'selectDistinct'>
  /**
   * Commits a change in one transaction: effectively once for what is in the database, at least once for what is
   * published.
   * @throws ConflictError when the stream has another version, a guarded statement changed nothing, or a constraint
   * forbids it
   */
  commit(change: ChangeSet): Promise<Outcome>
  /**
   * Does work that goes on outside of the database, in one replica at a time. What it writes may be written a second
   * time when the process dies.
   * @returns what the work returns; undefined when another replica is at it for longer than a second
   */
  alone<Result>(
    name: keyof typeof locks,
    work: (database: Database) => Promise<Result>,
  ): Promise<Result | undefined>
  /** Calls back after each commit of this process with what it was; returns what ends that. */
  onCommit(listener: (change: ChangeSet) => void): () => void
  /** Whether the database takes questions now; within half a second. While it does not, no event can be handled. */
  answers(): Promise<boolean>
  close(): Promise<void>
}

export interface OpenOptions<T> {
  /** `file:…` for SQLite, `postgres://…` for PostgreSQL. */
  url: string
  tables: Tables<T>
  /** Folder with the migrations of both dialects, in `sqlite` and `postgres`. */
  migrations: string
}

/** What a dialect has to do; everything else is common. */
export interface Driver {
  readonly database: Database
  commit(change: ChangeSet): Promise<Outcome>
  alone: Journal['alone']
  answers: Journal['answers']
  close(): Promise<void>
}

/**
 * Opens the database that a URL names and applies the migrations, creating an SQLite file if need be.
 * @throws Error when the URL is of another kind, the folder cannot be written or the server refuses
 */
export async function openJournal<T>({ url, tables, migrations }: OpenOptions<T>): Promise<Journal<T>> {
  const dialect = dialectOf(url)
  const open = dialect === 'sqlite' ? openSqlite : openPostgres
  const own = tables[dialect]
  const driver = await open(url, own, `${migrations}/${dialect}`)
  const listeners = new Set<(change: ChangeSet) => void>()
  return {
    dialect,
    tables: own,
    database: driver.database,
    async commit(change) {
      const outcome = await driver.commit(change)
      if (outcome.status === 'committed') for (const listener of listeners) listener(change)
      return outcome
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    alone: driver.alone,
    answers: driver.answers,
    close: driver.close,
  }
}

function dialectOf(url: string): Dialect {
  if (url.startsWith('file:')) return 'sqlite'
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres'
  // No more of it than the scheme: it may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)/i.exec(url)?.[0]
  throw new Error(
    `the database URL must begin with file: or postgres:${scheme ? `, this one begins with ${scheme}` : ''}`,
  )
}
