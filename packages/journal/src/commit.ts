import { context, propagation } from '@opentelemetry/api'
import type { Static, TSchema } from '@sinclair/typebox'
import type { CloudEvent, Topic } from 'elysia-dapr'
import type { Database, Transaction } from './database.ts'
import { inbox, outbox } from './schema.ts'

/** An event to be published once the change is committed. */
export interface Outgoing {
  topic: Topic
  data: unknown
}

/** Ties an event to its topic, whose schema types it. */
export function outgoing<Data extends TSchema>(topic: Topic<Data>, data: Static<Data>): Outgoing {
  return { topic, data }
}

type NoPromise = object & { then?: never }

export interface ChangeSet {
  /** The event that causes the change: one that was handled before changes nothing. */
  inbox?: Pick<CloudEvent, 'source' | 'topic' | 'id'>
  /** Writes the business rows. Synchronous: a promise would escape the transaction. */
  rows: (transaction: Transaction) => undefined | NoPromise
  /** Published after the commit, in this order. */
  outbox?: Outgoing[]
}

/**
 * Commits business rows, inbox and outbox in one transaction: effectively once for what is in the database,
 * at least once for what is published.
 * @returns false when the event was handled before, and nothing was written
 */
export function commit(database: Database, { inbox: cause, rows, outbox: events = [] }: ChangeSet): boolean {
  return database.transaction(
    transaction => {
      if (cause) {
        const { source, topic, id } = cause
        const row = { source, topic, id, receivedAt: new Date().toISOString() }
        if (transaction.insert(inbox).values(row).onConflictDoNothing().run().changes === 0) return false
      }
      rows(transaction)
      const traceparent = currentTraceparent()
      for (const { topic, data } of events) {
        const row = { id: Bun.randomUUIDv7(), pubsub: topic.pubsub, topic: topic.name, data, traceparent }
        transaction.insert(outbox).values(row).run()
      }
      return true
    },
    { behavior: 'immediate' },
  )
}

function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}
