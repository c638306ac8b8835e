import { currentTraceparent } from '@shop/chassis/trace-context'
import { and, eq } from 'drizzle-orm'
import type { ChangeSet, Guarded, Outcome, Statement } from './change-set.ts'
import { ConflictError } from './conflict.ts'
import type { Database } from './journal.ts'
import { receiveSteps } from './receive-steps.ts'
import type { JournalTables } from './schema.ts'

/** What a transaction asks of its driver: rows, or how many were changed. */
export type Step = { read: Statement } | { write: Statement }

/** Answers of the driver: rows for `read`, a number for `write`. */
// biome-ignore lint/suspicious/noExplicitAny: the rows are as various as the statements
export type Steps<Result> = Generator<Step, Result, any>

/** How many rows one INSERT takes: SQLite has a limit of 32,766 parameters. */
const rowsAtOnce = 500

/**
 * What a commit does, in order, whichever driver does it: one runs the steps at once, as SQLite's transactions must be
 * synchronous, the other awaits each.
 */
export function* commitSteps(
  transaction: Database,
  { events, snapshots, outbox, ...inboxTables }: JournalTables,
  change: ChangeSet,
): Steps<Outcome> {
  const now = new Date().toISOString()
  if (change.inbox) {
    const received = yield* receiveSteps(transaction, inboxTables, change.inbox, now)
    if (received !== 'next') return { status: received }
  }

  let position: number | undefined
  const { stream = '', expectedVersion = 0, events: appended = [], snapshot } = change
  if (appended.length > 0 && expectedVersion > 0) {
    // A stream that is longer breaks a constraint; one that is shorter would get a gap.
    const isLast = and(eq(events.stream, stream), eq(events.version, expectedVersion))
    const found: unknown[] = yield {
      read: transaction.select({ version: events.version }).from(events).where(isLast),
    }
    if (found.length === 0) throw new ConflictError(`${stream} has no version ${expectedVersion} yet`)
  }
  const rows = appended.map((event, index) => ({ ...event, stream, version: expectedVersion + index + 1 }))
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const written: { position: number }[] = yield {
      read: transaction
        .insert(events)
        .values(rows.slice(from, from + rowsAtOnce))
        .returning({ position: events.position }),
    }
    // Neither dialect promises their order.
    position = Math.max(...written.map(row => row.position))
  }
  if (snapshot) {
    const row = { stream, ...snapshot }
    yield {
      write: transaction
        .insert(snapshots)
        .values(row)
        .onConflictDoUpdate({ target: snapshots.stream, set: row }),
    }
  }

  for (const statement of change.rows?.(transaction) ?? []) yield* writeStep(statement)

  const traceparent = currentTraceparent()
  const published = (change.outbox ?? []).map(({ topic, key, data, id = Bun.randomUUIDv7() }) => ({
    id,
    ...{ pubsub: topic.pubsub, topic: topic.name, key, data, traceparent, committedAt: now },
  }))
  for (let from = 0; from < published.length; from += rowsAtOnce) {
    yield { write: transaction.insert(outbox).values(published.slice(from, from + rowsAtOnce)) }
  }
  return { status: 'committed', ...(position !== undefined && { position }) }
}

function* writeStep(statement: Statement | Guarded): Steps<void> {
  if (!('exactlyOne' in statement)) {
    yield { write: statement }
    return
  }
  const changed: number = yield { write: statement.exactlyOne }
  if (changed !== 1) throw new ConflictError(`a guarded statement changed ${changed} rows instead of one`)
}
