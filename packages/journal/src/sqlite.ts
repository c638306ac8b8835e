import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { context } from '@opentelemetry/api'
import SqliteDatabase from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { commitSteps, type Steps } from './commit-steps.ts'
import { ConflictError } from './conflict.ts'
import { groupCommit } from './group-commit.ts'
import type { Database, Driver } from './journal.ts'
import type { JournalTables } from './schema.ts'

/**
 * A commit survives the death of the process; a durable one, with `synchronous = FULL`, the loss of power too.
 * @throws Error when the folder cannot be written, or the migrations do not fit what is there
 */
export async function openSqlite(url: string, tables: unknown, migrationsFolder: string): Promise<Driver> {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
  mkdirSync(dirname(path), { recursive: true })
  const client = new SqliteDatabase(path)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = NORMAL')
  client.pragma('foreign_keys = ON')
  client.pragma('busy_timeout = 5000')
  const database = drizzle({ client })
  applyMigrations(() => migrate(database, { migrationsFolder }), path)
  // The statements of a transaction are built with the connection that it runs on: SQLite has just one.
  const neutral = database as unknown as Database
  const group = groupCommit(client)

  return {
    database: neutral,
    async commit(change) {
      // the trace of whoever commits, not of whoever was first in the group
      const active = context.active()
      const work = () =>
        context.with(active, () => run(commitSteps(neutral, tables as JournalTables, change)))
      try {
        return await group.commit(work, { durable: change.durable ?? true })
      } catch (error) {
        throw isConflict(error) ? new ConflictError('a constraint forbids it', { cause: error }) : error
      }
    },
    // an SQLite database has one process
    alone: (_, work) => work(neutral),
    answers: async () => true,
    async close() {
      group.flush()
      client.close()
    },
  }
}

function applyMigrations(apply: () => void, path: string): void {
  try {
    apply()
  } catch (error) {
    const { message } =
      (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error)
    // without the cause: its many lines would be the last ones of the log, which people are shown
    throw new Error(
      `the migrations do not fit ${path}: ${message}. If its data may go, 'bun run reset' clears all data of the shop`,
    )
  }
}

interface Runnable {
  all(): unknown[]
  run(): { changes: number }
}

/** All at once: between two steps nothing else may use the connection. */
function run<Result>(steps: Steps<Result>): Result {
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
