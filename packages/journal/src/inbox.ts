import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { and, eq } from 'drizzle-orm'
import { Elysia } from 'elysia'
import { type CloudEvent, type Drop, type Retry, subscribe, type Topic } from 'elysia-dapr'
import type { Cause, ChangeSet, Outcome } from './change-set.ts'
import { retryOnConflict } from './conflict.ts'
import { deadLetterRow, deadLetterTopic, keepDeadLetter } from './dead-letters.ts'
import type { Journal } from './journal.ts'
import { handledVersion, nextParked, type Parked } from './parked.ts'
import type { JournalTables } from './schema.ts'

export type InboxJournal = Journal<Pick<JournalTables, 'inbox' | 'handled' | 'parked' | 'deadLetters'>>

/** Place of an event among those of its aggregate. */
export interface Versioned {
  /** Version of the aggregate after the event. */
  version: number
  /** Version after the event before it; 0: it is the first. */
  previous: number
}

/** What an event leads to. Nothing: it is only noted as handled. */
export type Decision = ChangeSet | Drop | Retry | undefined

export interface Inbox {
  /**
   * Subscribes to a topic: what `decide` returns is committed with the note that the event is handled, so each event
   * has its effect once, and those of one aggregate have theirs in order. An event that comes before one that it
   * follows is parked until that one has come. `decide` may be called again when somebody else committed first.
   */
  on<Data extends TSchema>(
    topic: Topic<Data>,
    options: {
      key: (data: Static<Data>) => string
      decide: (context: {
        data: Static<Data>
        event: CloudEvent<Static<Data>>
      }) => Decision | Promise<Decision>
    },
  ): Elysia
  /** Subscribes to what this app gives up, and keeps it. */
  deadLetters(): Elysia
  /**
   * Handles an event that was kept, as if it had just come.
   * @throws Error when nobody here handles its topic, it does not fit, or it is given up again
   */
  take(event: CloudEvent): Promise<Outcome>
  /**
   * Handles the parked events of an aggregate that are next. One that is given up becomes a dead letter, and what
   * follows it waits on.
   * @throws what handling one of them throws; it stays parked
   */
  unpark(topic: string, key: string): Promise<void>
  /** Whether this app handles a topic. */
  handles(topic: string): boolean
}

export interface InboxOptions {
  journal: InboxJournal
  pubsub: string
  appId: string
  /** Told of what is given up, parked and kept. */
  log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

type Take = (event: CloudEvent) => Promise<Outcome | Drop | Retry>

/** What a service handles of the events of others. */
export function createInbox({ journal, pubsub, appId, log }: InboxOptions): Inbox {
  const letters = deadLetterTopic(pubsub, appId)
  const takers = new Map<string, { data: TSchema; keyOf: (data: unknown) => string; take: Take }>()

  async function unpark(topic: string, key: string): Promise<void> {
    const taker = takers.get(topic)
    const find = () => nextParked(journal, topic, key)
    for (let next = await find(); next && taker; next = await find()) {
      const outcome = await taker.take(next.event as CloudEvent)
      if ('retry' in outcome) throw new Error(outcome.retry)
      if ('drop' in outcome) return await giveUp(next, outcome.drop)
      if (outcome.status === 'parked') return
      log.info({ topic, key, version: next.version }, 'parked event handled')
    }
  }

  async function giveUp({ topic, key, version, event }: Parked, reason: string): Promise<void> {
    const { parked, deadLetters } = journal.tables
    const isThis = and(eq(parked.topic, topic), eq(parked.key, key), eq(parked.version, version))
    const letter = deadLetterRow(event as CloudEvent)
    await journal.commit({
      rows: write => [
        write.insert(deadLetters).values(letter).onConflictDoNothing(),
        write.delete(parked).where(isThis),
      ],
    })
    log.error({ event: letter.id, topic, key, version, reason }, 'dead letter kept')
  }

  /** The event before them is handled, whatever becomes of them: they stay parked when they fail. */
  async function tryToUnpark(topic: string, key: string): Promise<void> {
    await unpark(topic, key).catch(err => log.error({ err, topic, key }, 'cannot handle a parked event'))
  }

  return {
    on(topic, { key: keyOf, decide }) {
      async function take(event: CloudEvent): Promise<Outcome | Drop | Retry> {
        const data = event.data as Static<typeof topic.data>
        const { version, previous } = data as Versioned
        const key = keyOf(data)
        const { source, id } = event
        const cause: Cause = { source, topic: topic.name, id, key, version, previous, event }
        return await retryOnConflict(async () => {
          const last = await handledVersion(journal, topic.name, key)
          // What it led to is done: whoever decides now decides on a state that has it.
          if (version <= last) return await journal.commit({ inbox: cause })
          if (previous > last) return await journal.commit({ inbox: { ...cause, onlyPark: true } })
          const decision = await decide({ data, event: event as CloudEvent<never> })
          if (decision && ('drop' in decision || 'retry' in decision)) return decision
          return await journal.commit({ ...decision, inbox: cause })
        })
      }

      takers.set(topic.name, { data: topic.data, keyOf: keyOf as (data: unknown) => string, take })
      const options = {
        deadLetterTopic: letters.name,
        onDrop: (event: Partial<CloudEvent>, reason: string) =>
          log.warn({ event: event.id, topic: event.topic, reason }, 'event dropped'),
      }
      return subscribe(
        topic,
        async ({ data, event }) => {
          const outcome = await take(event)
          if (!('status' in outcome)) return outcome
          const { version, previous } = data as Versioned
          const key = keyOf(data)
          if (outcome.status === 'committed') await tryToUnpark(topic.name, key)
          if (outcome.status === 'parked')
            log.info({ topic: topic.name, key, version, previous }, 'event parked')
          return undefined
        },
        options,
      )
    },

    deadLetters: () =>
      new Elysia().use(
        subscribe(letters, async ({ event }) => {
          await keepDeadLetter(journal, event)
          log.error({ event: event.id, topic: event.topic }, 'dead letter kept')
        }),
      ) as unknown as Elysia,

    async take(event) {
      const taker = takers.get(event.topic)
      if (!taker) throw new Error(`nobody here handles ${event.topic}`)
      if (!Value.Check(taker.data, event.data)) throw new Error('it does not fit the schema of its topic')
      const outcome = await taker.take(event)
      if ('drop' in outcome) throw new Error(outcome.drop)
      if ('retry' in outcome) throw new Error(outcome.retry)
      if (outcome.status === 'committed') await tryToUnpark(event.topic, taker.keyOf(event.data))
      return outcome
    },

    unpark,
    handles: topic => takers.has(topic),
  }
}
