import { sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { watchServer } from './answers.ts'
import type { Outcome } from './change-set.ts'
import { commitSteps, type Steps } from './commit-steps.ts'
import { ConflictError } from './conflict.ts'
import type { Database, Driver } from './journal.ts'
import { lock, locks } from './locks.ts'
import type { JournalTables } from './schema.ts'

/**
 * For more than one replica. Migrations are applied by one of them at a time.
 * @throws Error when the server refuses
 */
export async function openPostgres(url: string, tables: unknown, migrationsFolder: string): Promise<Driver> {
  // neither has a limit by default, and a server that stands still would stop the service with it
  const limits = { connectionTimeoutMillis: 5_000, query_timeout: 60_000 }
  const pool = new pg.Pool({ connectionString: url, max: 10, ...limits })
  // A connection that breaks fails the query that it has, and is replaced by the next one; without listeners it would
  // also end the process, when it breaks idle or between two statements of a transaction.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  await migrateAlone(pool, migrationsFolder)
  const database = drizzle({ client: pool })
  const server = watchServer(url)

  return {
    database: database as unknown as Database,
    async commit(change) {
      try {
        return await inTransaction(pool, async transaction => {
          if (change.durable === false) await transaction.execute(sql`set local synchronous_commit = off`)
          // Positions are given before the commit: without it a reader could pass one that is not visible yet.
          if (change.events?.length) await transaction.execute(sql`select ${lock(locks.append)}`)
          return await run(commitSteps(transaction as unknown as Database, tables as JournalTables, change))
        })
      } catch (error) {
        throw isConflict(error) ? new ConflictError('a constraint forbids it', { cause: error }) : error
      }
    },
    alone: (name, work) =>
      inTransaction(pool, async transaction => {
        // a replica that stands still must not keep the others waiting for ever
        await transaction.execute(sql`set local idle_in_transaction_session_timeout = '30s'`)
        await transaction.execute(sql`set local lock_timeout = '1s'`)
        await transaction.execute(sql`select ${lock(locks[name])}`)
        await transaction.execute(sql`set local lock_timeout = 0`)
        return await work(transaction as unknown as Database)
      }).catch(error => {
        if (codeOf(error) === lockNotAvailable) return undefined
        throw error
      }),
    answers: server.answers,
    async close() {
      await Promise.all([pool.end(), server.close()])
    },
  }
}

/**
 * Drizzle's own loses a connection of the pool for good when `begin` fails, as after a restart of the server, and tells
 * of the `rollback` that failed instead of its cause.
 */
async function inTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: NodePgDatabase) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let isBroken = false
  try {
    await client.query('begin')
    const result = await work(drizzle({ client }))
    await client.query('commit')
    return result
  } catch (error) {
    const rollback = { text: 'rollback', query_timeout: 5_000 } as pg.QueryConfig
    await client.query(rollback).catch(() => {
      isBroken = true
    })
    throw error
  } finally {
    client.release(isBroken)
  }
}

async function migrateAlone(pool: pg.Pool, migrationsFolder: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [locks.migrate])
    await migrate(drizzle({ client }), { migrationsFolder })
    await client.query('select pg_advisory_unlock($1)', [locks.migrate])
    client.release()
  } catch (error) {
    // ends the session, and its lock with it
    client.release(true)
    throw error
  }
}

async function run(steps: Steps<Outcome>): Promise<Outcome> {
  let answer: unknown
  for (;;) {
    const next = steps.next(answer)
    if (next.done) return next.value
    const step = next.value
    answer =
      'read' in step
        ? await (step.read as unknown as PromiseLike<unknown[]>)
        : (await (step.write as unknown as PromiseLike<pg.QueryResult>)).rowCount
  }
}

/** Unique, check; serialization failure, deadlock: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const conflicts = ['23505', '23514', '40001', '40P01']

const lockNotAvailable = '55P03'

function isConflict(error: unknown): boolean {
  return conflicts.includes(codeOf(error))
}

function codeOf(error: unknown): string {
  const { code } = (error instanceof Error && error.cause ? error.cause : error) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
