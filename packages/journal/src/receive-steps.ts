import { and, eq } from 'drizzle-orm'
import type { Cause } from './change-set.ts'
import type { Steps } from './commit-steps.ts'
import { ConflictError } from './conflict.ts'
import type { Database } from './journal.ts'
import type { JournalTables } from './schema.ts'

/**
 * Whether an event is the next one of its aggregate, notes that it is handled, and parks it when one is missing. In the
 * transaction of its effects: of two that come at the same time one sees what the other did.
 */
export function* receiveSteps(
  transaction: Database,
  { inbox, handled, parked }: Pick<JournalTables, 'inbox' | 'handled' | 'parked'>,
  { source, topic, id, key, version, previous, event, onlyPark = false }: Cause,
  now: string,
): Steps<'next' | 'duplicate' | 'parked'> {
  const known: number = yield {
    write: transaction.insert(inbox).values({ source, topic, id, receivedAt: now }).onConflictDoNothing(),
  }
  if (known === 0) return 'duplicate'

  const ofKey = and(eq(handled.topic, topic), eq(handled.key, key))
  // Also locks the row: two deliveries of one aggregate that come at once go one after the other.
  const [row]: { version: number }[] = yield {
    read: transaction
      .insert(handled)
      .values({ topic, key, version: 0 })
      .onConflictDoUpdate({ target: [handled.topic, handled.key], set: { key } })
      .returning({ version: handled.version }),
  }
  const last = row?.version ?? 0

  const ofEvent = and(eq(parked.topic, topic), eq(parked.key, key), eq(parked.version, version))
  if (version <= last) {
    yield { write: transaction.delete(parked).where(ofEvent) }
    return 'duplicate'
  }
  if (previous > last) {
    const waiting = { topic, key, version, previous, event, parkedAt: now }
    yield { write: transaction.insert(parked).values(waiting).onConflictDoNothing() }
    // It is not handled, and will come to this point again.
    const ofId = and(eq(inbox.source, source), eq(inbox.topic, topic), eq(inbox.id, id))
    yield { write: transaction.delete(inbox).where(ofId) }
    return 'parked'
  }
  if (onlyPark) throw new ConflictError(`${topic} ${key}: what was missing has come`)
  yield { write: transaction.update(handled).set({ version }).where(ofKey) }
  yield { write: transaction.delete(parked).where(ofEvent) }
  return 'next'
}
