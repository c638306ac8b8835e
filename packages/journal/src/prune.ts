import { lt } from 'drizzle-orm'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'
import { wakeable } from './wakeable.ts'

export interface PruneOptions {
  journal: Journal<Pick<JournalTables, 'inbox'>>
  onError: (error: unknown) => void
  /** How long the id of a handled event is kept, in milliseconds: longer than any broker redelivers. @default 7 days */
  keepFor?: number
  /** Pause between two rounds, in milliseconds. @default 1 hour */
  every?: number
}

const hour = 60 * 60 * 1_000

/**
 * Forgets the ids of events that were handled long ago, now and from time to time. Returns what ends it. The outbox
 * needs none of it: its rows go when they are published for the last time.
 */
export function pruneInbox({
  journal,
  onError,
  keepFor = 7 * 24 * hour,
  every = hour,
}: PruneOptions): () => Promise<void> {
  const { inbox } = journal.tables

  async function prune(): Promise<void> {
    const before = new Date(Date.now() - keepFor).toISOString()
    await journal.commit({
      durable: false,
      rows: write => [write.delete(inbox).where(lt(inbox.receivedAt, before))],
    })
  }

  return wakeable({ work: prune, onError, every }).stop
}
