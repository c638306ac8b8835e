import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Events that are committed but not yet published. The relay publishes them in the order of `seq`. */
export const outbox = sqliteTable('outbox', {
  seq: integer().primaryKey({ autoIncrement: true }),
  /** CloudEvent id, fixed at commit, so that a repeated publication is recognised. */
  id: text().notNull().unique(),
  pubsub: text().notNull(),
  topic: text().notNull(),
  data: text({ mode: 'json' }).notNull(),
  /** W3C trace context of the request that made the event. */
  traceparent: text(),
})

/**
 * The events whose effects are committed: one that comes again is acknowledged and does nothing. An id is unique
 * within its source (CloudEvents 1.0, section 3.1).
 */
export const inbox = sqliteTable(
  'inbox',
  {
    source: text().notNull(),
    topic: text().notNull(),
    id: text().notNull(),
    receivedAt: text('received_at').notNull(),
  },
  table => [primaryKey({ columns: [table.source, table.topic, table.id] })],
)

/** Events that this service gave up: handled in vain, or refused when it published them. Kept whole. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    source: text().notNull(),
    topic: text().notNull(),
    id: text().notNull(),
    event: text({ mode: 'json' }).notNull(),
    receivedAt: text('received_at').notNull(),
  },
  table => [primaryKey({ columns: [table.source, table.topic, table.id] })],
)
