import type { Kit } from './tables.ts'

export type JournalTables = ReturnType<typeof journalTables>

/** What a service needs that keeps a journal; its own tables come beside them. */
export function journalTables(kit: Kit) {
  return { ...eventTables(kit), ...outboxTables(kit), ...inboxTables(kit) }
}

/** The event store: append-only, never updated. */
function eventTables({ table, serial, text, integer, json, boolean, primaryKey, unique }: Kit) {
  return {
    events: table(
      'events',
      {
        /** Order of the commits, over all streams. */
        position: serial('position'),
        stream: text('stream').notNull(),
        version: integer('version').notNull(),
        type: text('type').notNull(),
        /** Version of the shape of `data`; older ones are upcast when they are read. */
        schema: integer('schema').notNull(),
        data: json('data').notNull(),
        at: text('at').notNull(),
      },
      events => [unique('one_event_for_each_version').on(events.stream, events.version)],
    ),
    /** The folded state of a long stream. A cache: dropping the rows loses nothing. */
    snapshots: table('snapshots', {
      stream: text('stream').primaryKey(),
      version: integer('version').notNull(),
      /** Version of the shape of `state`; another one than the code's is ignored. */
      schema: integer('schema').notNull(),
      state: json('state').notNull(),
    }),
    /** How far each projection has come; while one is rebuilt it has two generations. */
    projections: table(
      'projections',
      {
        name: text('name').notNull(),
        generation: integer('generation').notNull(),
        position: integer('position').notNull(),
        active: boolean('active').notNull(),
      },
      projections => [primaryKey({ columns: [projections.name, projections.generation] })],
    ),
  }
}

function outboxTables({ table, serial, text, json, index }: Kit) {
  return {
    /** Events that are committed but not yet published for the last time. The relay publishes them in the order of `seq`. */
    outbox: table(
      'outbox',
      {
        seq: serial('seq'),
        /** CloudEvent id, fixed at commit, so that a repeated publication is recognised. */
        id: text('id').notNull().unique(),
        pubsub: text('pubsub').notNull(),
        topic: text('topic').notNull(),
        /** Events of one key are published one after the other: the id of their aggregate. */
        key: text('key').notNull(),
        data: json('data').notNull(),
        /** W3C trace context of the request that made the event. */
        traceparent: text('traceparent'),
        committedAt: text('committed_at').notNull(),
        /** When it is to be published again, as RFC 3339; null: it is not published yet. */
        againAt: text('again_at'),
      },
      outbox => [index('outbox_again').on(outbox.againAt, outbox.seq)],
    ),
  }
}

function inboxTables({ table, text, integer, json, primaryKey, index }: Kit) {
  return {
    /**
     * The events whose effects are committed: one that comes again is acknowledged and does nothing. An id is unique
     * within its source (CloudEvents 1.0, section 3.1).
     */
    inbox: table(
      'inbox',
      {
        source: text('source').notNull(),
        topic: text('topic').notNull(),
        id: text('id').notNull(),
        receivedAt: text('received_at').notNull(),
      },
      inbox => [
        primaryKey({ columns: [inbox.source, inbox.topic, inbox.id] }),
        index('inbox_received').on(inbox.receivedAt),
      ],
    ),
    /** The last version that was handled of each aggregate of others. Kept for good: it tells what comes too late. */
    handled: table(
      'handled',
      {
        topic: text('topic').notNull(),
        key: text('key').notNull(),
        version: integer('version').notNull(),
      },
      handled => [primaryKey({ columns: [handled.topic, handled.key] })],
    ),
    /** Events that came before one that they follow. */
    parked: table(
      'parked',
      {
        topic: text('topic').notNull(),
        key: text('key').notNull(),
        version: integer('version').notNull(),
        previous: integer('previous').notNull(),
        event: json('event').notNull(),
        parkedAt: text('parked_at').notNull(),
        /** When the gap was reported; null: not yet. */
        reportedAt: text('reported_at'),
      },
      parked => [primaryKey({ columns: [parked.topic, parked.key, parked.version] })],
    ),
    /** Events that this service gave up: handled in vain, or refused when it published them. Kept whole. */
    deadLetters: table(
      'dead_letters',
      {
        source: text('source').notNull(),
        topic: text('topic').notNull(),
        id: text('id').notNull(),
        event: json('event').notNull(),
        receivedAt: text('received_at').notNull(),
      },
      letters => [primaryKey({ columns: [letters.source, letters.topic, letters.id] })],
    ),
  }
}
