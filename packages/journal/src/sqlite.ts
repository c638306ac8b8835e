import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import SqliteDatabase from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import type { ChangeSet, Outcome } from './change-set.ts'
import { commitSteps, type Steps } from './commit-steps.ts'
import { ConflictError } from './conflict.ts'
import type { Database, Driver } from './journal.ts'
import type { JournalTables } from './schema.ts'

/**
 * A commit survives the death of the process; `synchronous = FULL` makes it survive the loss of power too.
 * @throws Error when the folder cannot be written
 */
export async function openSqlite(url: string, tables: unknown, migrationsFolder: string): Promise<Driver> {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
  mkdirSync(dirname(path), { recursive: true })
  const client = new SqliteDatabase(path)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = FULL')
  client.pragma('foreign_keys = ON')
  client.pragma('busy_timeout = 5000')
  const database = drizzle({ client })
  migrate(database, { migrationsFolder })
  const neutral = database as unknown as Database

  function commit(change: ChangeSet): Outcome {
    // The statements of a transaction are built with the connection that it runs on: SQLite has just one.
    return database.transaction(() => run(commitSteps(neutral, tables as JournalTables, change)), {
      behavior: 'immediate',
    })
  }

  return {
    database: neutral,
    async commit(change) {
      try {
        return commit(change)
      } catch (error) {
        throw isConflict(error) ? new ConflictError('a constraint forbids it', { cause: error }) : error
      }
    },
    // an SQLite database has one process
    alone: (_, work) => work(neutral),
    async close() {
      client.close()
    },
  }
}

interface Runnable {
  all(): unknown[]
  run(): { changes: number }
}

/** All at once: between two steps nothing else may use the connection. */
function run(steps: Steps<Outcome>): Outcome {
  let answer: unknown
  for (;;) {
    const next = steps.next(answer)
    if (next.done) return next.value
    const step = next.value
    answer =
      'read' in step
        ? (step.read as unknown as Runnable).all()
        : (step.write as unknown as Runnable).run().changes
  }
}

function isConflict(error: unknown): boolean {
  const { code } = (error instanceof Error && error.cause ? error.cause : error) as { code?: unknown }
  return typeof code === 'string' && /^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE|CHECK)$/.test(code)
}
