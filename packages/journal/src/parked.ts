import { and, asc, eq, isNull, lt } from 'drizzle-orm'
import type { Inbox, InboxJournal } from './inbox.ts'
import type { JournalTables } from './schema.ts'
import { wakeable } from './wakeable.ts'

export type Parked = JournalTables['parked']['$inferSelect']

/** Parked events, of one aggregate or of all, the lowest version first. */
export async function listParked(
  { database, tables: { parked } }: InboxJournal,
  { topic, key }: { topic?: string; key?: string } = {},
): Promise<Parked[]> {
  return await database
    .select()
    .from(parked)
    .where(
      and(
        topic === undefined ? undefined : eq(parked.topic, topic),
        key === undefined ? undefined : eq(parked.key, key),
      ),
    )
    .orderBy(asc(parked.topic), asc(parked.key), asc(parked.version))
}

/** The last version of an aggregate that was handled; 0: none. */
export async function handledVersion(
  { database, tables: { handled } }: InboxJournal,
  topic: string,
  key: string,
): Promise<number> {
  const ofKey = and(eq(handled.topic, topic), eq(handled.key, key))
  const [row] = await database.select({ version: handled.version }).from(handled).where(ofKey)
  return row?.version ?? 0
}

/**
 * Handles the parked events of an aggregate without those that are missing, which somebody has looked after or given
 * up: they are duplicates from now on.
 */
export async function release(
  journal: InboxJournal,
  inbox: Inbox,
  { topic, key }: { topic: string; key: string },
): Promise<number> {
  const waiting = await listParked(journal, { topic, key })
  const { handled } = journal.tables
  for (const { previous } of waiting) {
    if (previous <= (await handledVersion(journal, topic, key))) continue
    await journal.commit({
      rows: write => [
        write
          .insert(handled)
          .values({ topic, key, version: previous })
          .onConflictDoUpdate({ target: [handled.topic, handled.key], set: { version: previous } }),
      ],
    })
    await inbox.unpark(topic, key)
  }
  return waiting.length
}

export interface WatchOptions {
  journal: InboxJournal
  inbox: Inbox
  log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  /** How long a gap may last before it is reported, in milliseconds: longer than an event is redelivered. @default 60_000 */
  reportAfter?: number
  /** Pause between two looks, in milliseconds. @default 5_000 */
  every?: number
}

/** Reports the gaps that stay, each once, and handles what a crash has left parked. Returns what ends it. */
export function watchParked({
  journal,
  inbox,
  log,
  reportAfter = 60_000,
  every = 5_000,
}: WatchOptions): () => Promise<void> {
  const { parked } = journal.tables

  async function look(): Promise<void> {
    const waiting = Map.groupBy(await listParked(journal), ({ topic, key }) => `${topic}/${key}`)
    for (const [first] of waiting.values()) if (first) await inbox.unpark(first.topic, first.key)

    const before = new Date(Date.now() - reportAfter).toISOString()
    const isNews = and(isNull(parked.reportedAt), lt(parked.parkedAt, before))
    const gaps = await journal.database.select().from(parked).where(isNews)
    if (gaps.length === 0) return
    for (const { topic, key, version, previous } of gaps) {
      log.error({ topic, key, version, previous }, 'an event is missing: what follows it waits')
    }
    const reportedAt = new Date().toISOString()
    await journal.commit({ rows: write => [write.update(parked).set({ reportedAt }).where(isNews)] })
  }

  const loop = wakeable({ work: look, every, onError: err => log.warn({ err }, 'cannot look at parked events') })
  return loop.stop
}
