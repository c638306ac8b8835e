import { Type } from '@sinclair/typebox'
import { and, asc, eq } from 'drizzle-orm'
import { type CloudEvent, topic } from 'elysia-dapr'
import type { ChangeSet } from './change-set.ts'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'

export type DeadLetterJournal = Journal<Pick<JournalTables, 'deadLetters'>>
/** Whatever else it has is kept as well. */
export type GivenUp = Pick<CloudEvent, 'source' | 'topic' | 'id' | 'data'>

export type DeadLetter = JournalTables['deadLetters']['$inferSelect']

/** The topic of the events that one app gave up; anything can be in it. */
export function deadLetterTopic(pubsub: string, appId: string) {
  return topic(pubsub, `${appId}.dead-letters`, Type.Unknown())
}

/** An event as it is kept once it was given up. */
export function deadLetterRow(event: GivenUp): DeadLetter {
  const { source, topic, id } = event
  return { source: storable(source), topic, id: storable(id), event, receivedAt: new Date().toISOString() }
}

/** PostgreSQL's text takes no U+0000, and an event that could not even be kept would come again for ever. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

/** Keeps an event that was given up; one that is kept already stays as it is. */
export async function keepDeadLetter(journal: DeadLetterJournal, event: GivenUp): Promise<void> {
  const { deadLetters } = journal.tables
  await journal.commit({
    rows: write => [write.insert(deadLetters).values(deadLetterRow(event)).onConflictDoNothing()],
  })
}

/** The oldest first. */
export async function listDeadLetters({ database, tables }: DeadLetterJournal): Promise<DeadLetter[]> {
  return await database.select().from(tables.deadLetters).orderBy(asc(tables.deadLetters.receivedAt))
}

/** What removes a dead letter, as part of the change that does what it was about. */
export function removal(
  { tables: { deadLetters } }: DeadLetterJournal,
  { source, topic, id }: Pick<DeadLetter, 'source' | 'topic' | 'id'>,
): NonNullable<ChangeSet['rows']> {
  const isThis = and(eq(deadLetters.source, source), eq(deadLetters.topic, topic), eq(deadLetters.id, id))
  return write => [write.delete(deadLetters).where(isThis)]
}
