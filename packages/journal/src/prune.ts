import { lt } from 'drizzle-orm'
import type { Database } from './database.ts'
import { inbox } from './schema.ts'

export interface PruneOptions {
  /** How long the id of a handled event is kept, in milliseconds: longer than any broker redelivers. @default 7 days */
  keepFor?: number
  /** Pause between two rounds, in milliseconds. @default 1 hour */
  every?: number
}

const hour = 60 * 60 * 1000

/** Forgets the ids of events that were handled long ago, now and from time to time. Returns what ends it. */
export function pruneInbox(
  database: Database,
  { keepFor = 7 * 24 * hour, every = hour }: PruneOptions = {},
): () => void {
  function prune(): void {
    const before = new Date(Date.now() - keepFor).toISOString()
    database.delete(inbox).where(lt(inbox.receivedAt, before)).run()
  }

  prune()
  const timer = setInterval(prune, every)
  return () => clearInterval(timer)
}
