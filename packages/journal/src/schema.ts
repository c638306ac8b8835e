import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

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

/** Ids of the events whose effects are committed: one that comes again is acknowledged and does nothing. */
export const inbox = sqliteTable('inbox', {
  id: text().primaryKey(),
  topic: text().notNull(),
  receivedAt: text().notNull(),
})

/** Events that this service gave up, kept whole. */
export const deadLetters = sqliteTable('dead_letters', {
  id: text().primaryKey(),
  topic: text().notNull(),
  event: text({ mode: 'json' }).notNull(),
  receivedAt: text().notNull(),
})
