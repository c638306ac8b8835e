import { Type } from '@sinclair/typebox'
import { asc, inArray } from 'drizzle-orm'
import { BulkPublishError, DaprError, publishBulk, type Sidecar, topic } from 'elysia-dapr'
import { deadLetterRow } from './dead-letters.ts'
import type { Database, Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'
import { wakeable } from './wakeable.ts'
import { wavesOf } from './waves.ts'

export interface Relay {
  /**
   * Gives the publication under way `grace` milliseconds, three seconds by default. The rest stays in the outbox for
   * the next start.
   */
  stop(grace?: number): Promise<void>
}

export interface RelayOptions {
  journal: Journal<Pick<JournalTables, 'outbox' | 'deadLetters'>>
  sidecar: Sidecar
  /** CloudEvent source of what is published: the app-id. */
  source: string
  /** Told of each failed attempt; `given up` when the event has become a dead letter. */
  onError: (error: unknown, outcome: 'retrying' | 'given up') => void
  /** Longest pause between attempts while the broker cannot be reached, in milliseconds. @default 5_000 */
  maxPause?: number
}

/** Rows of one turn. */
const batchSize = 500

/**
 * Publishes the outbox right after each commit, and from the start of the process on: many events in one call, those of
 * one key after each other. A row is deleted once the broker has its event; what a crash leaves between the two is
 * published again with the same id. Of several replicas one publishes at a time. An event that the sidecar refuses for
 * good, such as one for a topic that the app may not publish to, becomes a dead letter, and the others go on.
 */
export function startRelay({ journal, sidecar, source, onError, maxPause = 5_000 }: RelayOptions): Relay {
  const { outbox, deadLetters } = journal.tables
  const ending = new AbortController()
  let stopped = false

  async function drain(): Promise<void> {
    for (let rows = batchSize; rows === batchSize && !stopped; ) {
      rows = await journal.alone('relay', publishBatch)
    }
  }

  async function publishBatch(database: Database): Promise<number> {
    const rows = await database.select().from(outbox).orderBy(asc(outbox.seq)).limit(batchSize)
    const failures = new Map<string, unknown>()
    for (const wave of wavesOf(rows)) {
      if (stopped) break
      // what follows an event that could not be published waits for it
      await publishWave(
        database,
        wave.filter(({ key }) => !failures.has(key)),
        failures,
      )
    }
    for (const error of failures.values()) throw error
    return rows.length
  }

  async function publishWave(database: Database, wave: Row[], failures: Map<string, unknown>): Promise<void> {
    const topics = Map.groupBy(wave, row => `${row.pubsub}/${row.topic}`)
    await Promise.all(
      [...topics.values()].map(async some => {
        const failed = await send(sidecar, some, source, ending.signal)
        const refused = some.filter(row => isRefusal(failed.get(row.seq)))
        for (const row of refused) {
          const { topic, id, key, data, pubsub } = row
          const event = { source, topic, id, data, key, pubsubname: pubsub }
          const letter = deadLetterRow(event)
          await database.insert(deadLetters).values(letter).onConflictDoNothing()
          onError(failed.get(row.seq), 'given up')
        }
        const done = some.filter(row => !failed.has(row.seq) || refused.includes(row))
        for (const row of some) if (!done.includes(row)) failures.set(row.key, failed.get(row.seq))
        const seqs = done.map(({ seq }) => seq)
        if (seqs.length > 0) await database.delete(outbox).where(inArray(outbox.seq, seqs))
      }),
    )
  }

  const loop = wakeable({
    work: drain,
    onError: error => onError(error, 'retrying'),
    maxPause,
    // what other replicas left when they died
    ...(journal.dialect === 'postgres' && { every: 1_000 }),
  })
  const unsubscribe = journal.onCommit(({ outbox }) => {
    if (outbox?.length) loop.wake()
  })

  return {
    async stop(grace = 3_000) {
      stopped = true
      unsubscribe()
      const abort = setTimeout(() => ending.abort(), grace)
      await loop.stop()
      clearTimeout(abort)
    },
  }
}

type Row = JournalTables['outbox']['$inferSelect']

/** Publishes to one topic. @returns the error of each row that was not published, by its number */
async function send(
  sidecar: Sidecar,
  rows: Row[],
  source: string,
  signal: AbortSignal,
): Promise<Map<number, unknown>> {
  const [first] = rows
  if (!first) return new Map()
  const target = topic(first.pubsub, first.topic, Type.Unknown())
  const entries = rows.map(({ id, data, traceparent }) => ({
    ...{ id, source, data },
    ...(traceparent && { metadata: { 'cloudevent.traceparent': traceparent } }),
  }))
  try {
    await publishBulk(sidecar, target, entries, { signal })
    return new Map()
  } catch (error) {
    if (!(error instanceof BulkPublishError)) return new Map(rows.map(({ seq }) => [seq, error]))
    return new Map(
      error.failed.map(({ index, error: reason }) => [
        rows[index]?.seq ?? 0,
        new DaprError(reason, { code: error.code, status: error.status, cause: error }),
      ]),
    )
  }
}

/** A 404 is a component that is not loaded yet. */
function isRefusal(error: unknown): boolean {
  return error instanceof DaprError && error.status >= 400 && error.status !== 404 && !error.retryable
}
