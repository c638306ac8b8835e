import { createHash } from 'node:crypto'
import type { SentEntry } from './bulk-entries.ts'

/** The latest entries that were given up and may be delivered again. */
export interface GivenUp {
  add(entry: string): void
  has(entry: string): boolean
}

/** Remembers so many; what is forgotten is only judged again. */
export function rememberGivenUp(limit = 10_000): GivenUp {
  const entries = new Set<string>()
  return {
    has: entry => entries.has(entry),
    add(entry) {
      entries.add(entry)
      const [oldest] = entries.size > limit ? entries : []
      if (oldest !== undefined) entries.delete(oldest)
    },
  }
}

/**
 * What one entry has in all of its deliveries, and no other entry: its id alone may be its place in the batch, as with
 * Kafka, where the next batch has it again.
 */
export function identityOf({ entryId, event, metadata }: SentEntry): string {
  const { id, source } = (event ?? {}) as { id?: unknown; source?: unknown }
  const isNamed = typeof id === 'string' && typeof source === 'string'
  const what = isNamed ? { id, source } : { event }
  return createHash('sha256')
    .update(JSON.stringify([entryId, what, metadata]))
    .digest('base64')
}
