import type { CloudEvent } from 'elysia-dapr'
import { type DeadLetter, removal } from './dead-letters.ts'
import type { Inbox, InboxJournal } from './inbox.ts'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'

export interface ReplayDependencies {
  journal: InboxJournal & Journal<Pick<JournalTables, 'outbox'>>
  inbox: Inbox
  appId: string
}

/**
 * Handles dead letters again: those that this service was to handle as if they had just come, those that it was to
 * publish through the outbox. One that succeeds is a dead letter no more.
 */
export async function replay(
  { journal, inbox, appId }: ReplayDependencies,
  letters: DeadLetter[],
): Promise<{ replayed: number; failed: { id: string; reason: string }[] }> {
  const failed: { id: string; reason: string }[] = []
  for (const letter of letters) {
    try {
      if (letter.source === appId && !inbox.handles(letter.topic)) await publishAgain(journal, letter)
      else {
        await inbox.take(letter.event as CloudEvent)
        await journal.commit({ rows: removal(journal, letter) })
      }
    } catch (error) {
      failed.push({ id: letter.id, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { replayed: letters.length - failed.length, failed }
}

async function publishAgain(journal: ReplayDependencies['journal'], letter: DeadLetter): Promise<void> {
  const {
    pubsubname = 'pubsub',
    data,
    key = letter.id,
  } = letter.event as {
    pubsubname?: string
    data: unknown
    key?: string
  }
  await journal.commit({
    rows: removal(journal, letter),
    outbox: [{ topic: { pubsub: pubsubname, name: letter.topic }, key, data, id: letter.id }],
  })
}
