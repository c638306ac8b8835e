import { and, asc, eq, gt, inArray, isNull, lt, lte, not, or } from 'drizzle-orm'
import type { Sidecar } from 'elysia-dapr'
import { deadLetterRow, type GivenUp } from './dead-letters.ts'
import type { Database, Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'
import { isOfEntry, isRefusal, type Row, send } from './send.ts'
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
  /** After how many milliseconds each event is published once more; 0: never. @default 60_000 */
  againAfter?: number
}

/** Rows of one turn. */
const batchSize = 500

/** How long before a failure the answers of the broker are not believed, in milliseconds: a sidecar retries for seconds. */
const doubtful = 10_000

/** How long an event that is to be published once more may be overdue, in milliseconds: less than any inbox keeps its id. */
const tooLate = 24 * 60 * 60 * 1_000

/**
 * Publishes the outbox right after each commit, and from the start of the process on: many events in one call, those of
 * one key after each other. What a crash leaves between the broker's answer and its note is published again with the
 * same id. Of several replicas one publishes at a time. An event that the sidecar refuses for good, such as one for a
 * topic that the app may not publish to, becomes a dead letter, and the others go on.
 *
 * Each event is published once more a while later, with the same id, then its row is deleted: the sidecar of a consumer
 * that is killed can take an event for handled that nobody has handled, and when it is the last one of its aggregate no
 * later version ever tells. Those who have handled it pass over it. That of a process that was down for a day is left
 * out: consumers may have forgotten by then what they have handled. Source: elysia-dapr's README, "What can be lost".
 *
 * Once a publication fails, what was published in the ten seconds before counts as not published: a sidecar can take for
 * accepted what was on its way to a broker that died.
 */
export function startRelay({
  journal,
  sidecar,
  source,
  onError,
  maxPause = 5_000,
  againAfter = 60_000,
}: RelayOptions): Relay {
  const { outbox, deadLetters } = journal.tables
  const ending = new AbortController()
  let stopped = false
  const failing = new Set<'first' | 'last'>()

  async function drain(time: 'first' | 'last'): Promise<void> {
    const stuck: Stuck = { keys: new Map(), topics: [] }
    for (let after: number | undefined = 0; after !== undefined && !stopped; ) {
      const from: number = after
      after = await journal.alone('relay', database => publishBatch(database, time, from, stuck))
    }
    if (stuck.keys.size === 0) failing.delete(time)
    else if (!failing.has(time)) {
      await doubt()
      failing.add(time)
    }
    // Not within the turn: a transaction that fails would bring back the rows of what was published.
    for (const error of stuck.keys.values()) throw error
  }

  /** Only when failures begin: an event that fails for long must not repeat others for as long. */
  async function doubt(): Promise<void> {
    const since = new Date(Date.now() + againAfter - Math.min(againAfter, doubtful)).toISOString()
    await journal.alone('relay', async database => {
      await database.update(outbox).set({ againAt: null }).where(gt(outbox.againAt, since))
    })
    loop.wake()
  }

  /** @returns the last row of a full batch */
  async function publishBatch(
    database: Database,
    time: 'first' | 'last',
    after: number,
    stuck: Stuck,
  ): Promise<number | undefined> {
    const isDue = time === 'first' ? isNull(outbox.againAt) : lte(outbox.againAt, new Date().toISOString())
    const isOfStuck = stuck.topics.map(row => and(eq(outbox.pubsub, row.pubsub), eq(outbox.topic, row.topic)))
    const isStuck = or(...isOfStuck)
    const rows = await database
      .select()
      .from(outbox)
      .where(and(isDue, gt(outbox.seq, after), isStuck && not(isStuck)))
      // as the index has them: it spares a look at all that are not due yet
      .orderBy(asc(outbox.againAt), asc(outbox.seq))
      .limit(batchSize)
    for (const wave of wavesOf(rows)) {
      if (stopped) break
      const published = await publishWave(database, wave, stuck)
      const isThese = inArray(outbox.seq, published)
      if (published.length === 0) continue
      if (time === 'last' || againAfter === 0) await database.delete(outbox).where(isThese)
      else {
        const againAt = new Date(Date.now() + againAfter).toISOString()
        await database.update(outbox).set({ againAt }).where(isThese)
      }
    }
    return rows.length === batchSize ? rows.at(-1)?.seq : undefined
  }

  /** @returns the rows that are published */
  async function publishWave(database: Database, wave: Row[], stuck: Stuck): Promise<number[]> {
    // what follows an event that could not be published waits for it
    const free = wave.filter(({ key }) => !stuck.keys.has(key))
    const topics = [...Map.groupBy(free, row => `${row.pubsub}/${row.topic}`).values()]
    const failed = new Map(
      (await Promise.all(topics.map(rows => send(sidecar, rows, source, ending.signal)))).flatMap(each => [
        ...each,
      ]),
    )
    const refused = free.filter(({ seq }) => isRefusal(failed.get(seq)))
    for (const { seq, topic, id, key, data, pubsub } of refused) {
      const letter = deadLetterRow({ source, topic, id, data, key, pubsubname: pubsub } as GivenUp)
      await database.insert(deadLetters).values(letter).onConflictDoNothing()
      await database.delete(outbox).where(eq(outbox.seq, seq))
      onError(failed.get(seq), 'given up')
    }
    const published = free.map(({ seq }) => seq).filter(seq => !failed.has(seq))
    for (const { seq } of refused) failed.delete(seq)
    for (const row of free) if (failed.has(row.seq)) stuck.keys.set(row.key, failed.get(row.seq))
    for (const rows of topics) {
      const [first] = rows
      // a single event may be at fault itself
      const isWhole = rows.length > 1 || !isOfEntry(failed.get(first?.seq ?? 0))
      if (first && isWhole && rows.every(({ seq }) => failed.has(seq))) stuck.topics.push(first)
    }
    return published
  }

  const options = { onError: (error: unknown) => onError(error, 'retrying'), maxPause }
  const loop = wakeable({
    work: () => drain('first'),
    ...options,
    // what other replicas left when they died
    ...(journal.dialect === 'postgres' && { every: 1_000 }),
  })
  const last = wakeable({
    async work() {
      const before = new Date(Date.now() - tooLate).toISOString()
      await journal.alone('relay', async database => {
        await database.delete(outbox).where(lt(outbox.againAt, before))
      })
      await drain('last')
    },
    ...options,
    every: Math.min(5_000, againAfter || 5_000),
  })
  const unsubscribe = journal.onCommit(({ outbox }) => {
    if (outbox?.length) loop.wake()
  })

  return {
    async stop(grace = 3_000) {
      stopped = true
      unsubscribe()
      const abort = setTimeout(() => ending.abort(), grace)
      await Promise.all([loop.stop(), last.stop()])
      clearTimeout(abort)
    },
  }
}

/** What has failed since the outbox was last looked through, and is not tried before the next time. */
interface Stuck {
  /** The errors of those that have one, by key. */
  keys: Map<string, unknown>
  /** Of which no event got through. */
  topics: Pick<Row, 'pubsub' | 'topic'>[]
}
