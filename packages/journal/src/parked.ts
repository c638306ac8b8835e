import { and, asc, eq, lt, lte } from 'drizzle-orm'
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

/** The parked event of an aggregate that follows what was handled, if there is one. */
export async function nextParked(
  journal: InboxJournal,
  topic: string,
  key: string,
): Promise<Parked | undefined> {
  const { parked } = journal.tables
  const last = await handledVersion(journal, topic, key)
  const [first] = await journal.database
    .select()
    .from(parked)
    .where(and(eq(parked.topic, topic), eq(parked.key, key), lte(parked.previous, last)))
    .orderBy(asc(parked.version))
    .limit(1)
  return first
}

/**
 * Handles the parked events of an aggregate without those that are missing, which somebody has looked after or given
 * up: they are duplicates from now on.
 * @returns how many are parked no more
 * @throws what handling one of them throws
 */
export async function release(
  journal: InboxJournal,
  inbox: Inbox,
  { topic, key }: { topic: string; key: string },
): Promise<number> {
  const waiting = await listParked(journal, { topic, key })
  const { handled } = journal.tables
  for (const { previous } of waiting) {
    await journal.commit({
      rows: write => [
        write
          .insert(handled)
          .values({ topic, key, version: previous })
          .onConflictDoUpdate({
            target: [handled.topic, handled.key],
            set: { version: previous },
            // never back: meanwhile what was missing may have come
            setWhere: lt(handled.version, previous),
          }),
      ],
    })
    await inbox.unpark(topic, key)
  }
  return waiting.length - (await listParked(journal, { topic, key })).length
}

type Gap = Pick<Parked, 'topic' | 'key' | 'version' | 'previous'>

export interface WatchOptions {
  journal: InboxJournal
  inbox: Inbox
  log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  /**
   * How long a gap may last before it is reported, in milliseconds: longer than an event is redelivered, and than a relay
   * waits until it publishes once more. @default 120_000
   */
  reportAfter?: number
  /** Pause between two looks, in milliseconds. @default 5_000 */
  every?: number
}

/**
 * Reports the gaps that stay, each once by every replica that is up, and handles what a crash or a failure has left
 * parked. Returns what ends it.
 */
export function watchParked({
  journal,
  inbox,
  log,
  reportAfter = 120_000,
  every = 5_000,
}: WatchOptions): () => Promise<void> {
  const { parked, handled } = journal.tables

  async function look(): Promise<void> {
    await handleReady()
    for (const gap of await findGaps()) await report(gap)
  }

  async function handleReady(): Promise<void> {
    const isOfKey = and(eq(handled.topic, parked.topic), eq(handled.key, parked.key))
    const ready = await journal.database
      .selectDistinct({ topic: parked.topic, key: parked.key })
      .from(parked)
      .innerJoin(handled, isOfKey)
      .where(lte(parked.previous, handled.version))
    for (const { topic, key } of ready) {
      // one that fails must not hold up the others
      await inbox
        .unpark(topic, key)
        .catch(err => log.error({ err, topic, key }, 'cannot handle a parked event'))
    }
  }

  /** The lowest parked version of each aggregate, when it is parked for long and not reported yet. */
  async function findGaps(): Promise<Gap[]> {
    const { topic, key, version, previous, parkedAt, reportedAt } = parked
    const rows = await journal.database
      .select({ topic, key, version, previous, parkedAt, reportedAt })
      .from(parked)
      .orderBy(asc(topic), asc(key), asc(version))
    const before = new Date(Date.now() - reportAfter).toISOString()
    return rows.filter((row, index) => {
      const last = rows[index - 1]
      const isLowest = last?.topic !== row.topic || last.key !== row.key
      return isLowest && row.reportedAt === null && row.parkedAt < before
    })
  }

  async function report({ topic, key, version, previous }: Gap): Promise<void> {
    log.error({ topic, key, version, previous }, 'an event is missing: what follows it waits')
    const isThis = and(eq(parked.topic, topic), eq(parked.key, key), eq(parked.version, version))
    const reportedAt = new Date().toISOString()
    await journal.commit({ rows: write => [write.update(parked).set({ reportedAt }).where(isThis)] })
  }

  const loop = wakeable({
    work: look,
    every,
    onError: err => log.warn({ err }, 'cannot look at parked events'),
  })
  return loop.stop
}
