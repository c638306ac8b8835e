import { and, asc, eq, gt } from 'drizzle-orm'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'

/** An event as it was stored. */
export interface StoredEvent {
  /** Order of the commits, over all streams; it grows, and may leave numbers out. */
  position: number
  stream: string
  version: number
  type: string
  schema: number
  data: unknown
  /** RFC 3339. */
  at: string
}

type EventJournal = Journal<Pick<JournalTables, 'events'>>

/** The events of a stream that are later than a version, in their order. */
export async function readStream(
  { database, tables: { events } }: EventJournal,
  stream: string,
  { after = 0 }: { after?: number } = {},
): Promise<StoredEvent[]> {
  return await database
    .select()
    .from(events)
    .where(and(eq(events.stream, stream), gt(events.version, after)))
    .orderBy(asc(events.version))
}

/** The next events of all streams that are later than a position, in the order of their commits. */
export async function readAll(
  { database, tables: { events } }: EventJournal,
  { after, limit }: { after: number; limit: number },
): Promise<StoredEvent[]> {
  return await database
    .select()
    .from(events)
    .where(gt(events.position, after))
    .orderBy(asc(events.position))
    .limit(limit)
}
