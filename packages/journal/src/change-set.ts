import type { Static, TSchema } from '@sinclair/typebox'
import type { Topic } from 'elysia-dapr'
import type { Database } from './journal.ts'

/** An event to be published once the change is committed. */
export interface Outgoing {
  topic: Pick<Topic, 'pubsub' | 'name'>
  /** Id of the aggregate: events of one key are published in their order. */
  key: string
  data: unknown
  /** CloudEvent id. @default a new one */
  id?: string
}

/** Ties an event to its topic, whose schema types it. */
export function outgoing<Data extends TSchema>(
  topic: Topic<Data>,
  key: string,
  data: Static<Data>,
): Outgoing {
  return { topic, key, data }
}

/** An event as it is appended to a stream. */
export interface NewEvent {
  type: string
  /** Version of the shape of `data`. */
  schema: number
  data: unknown
  /** RFC 3339. */
  at: string
}

export interface Snapshot {
  version: number
  schema: number
  state: unknown
}

/** Which event causes the change, and its place among those of its aggregate. */
export interface Cause {
  source: string
  topic: string
  id: string
  /** Id of the aggregate that the event is of. */
  key: string
  /** Version of the aggregate after the event. */
  version: number
  /** Version after the event before it; 0: it is the first. */
  previous: number
  /** The whole CloudEvent: kept when it comes before one that it follows. */
  event: unknown
  /** Parks it alone: a conflict when it is the next one by now. @default false */
  onlyPark?: boolean
}

/** A statement that is not executed yet: what `insert`, `update` and `delete` of drizzle return. */
export interface Statement {
  getSQL(): unknown
}

/** One that has to change exactly one row, or the whole change is a conflict. */
export interface Guarded {
  exactlyOne: Statement
}

/** Guards against who was faster: `update … where version = <the one that was read>`. */
export function exactlyOne(statement: Statement): Guarded {
  return { exactlyOne: statement }
}

export type Writer = Pick<Database, 'insert' | 'update' | 'delete'>

/** Everything that one decision changes: committed as a whole, or not at all. */
export interface ChangeSet {
  /** The stream that `events` are appended to. */
  stream?: string
  /** The version that the stream has to have for `events` to be appended. @default 0: it is new */
  expectedVersion?: number
  events?: NewEvent[]
  snapshot?: Snapshot
  /** Statements for the business rows, built with `write`. They run in their order. */
  rows?: (write: Writer) => (Statement | Guarded)[]
  /** Published after the commit; events of one key in this order. */
  outbox?: Outgoing[]
  /** The event that causes the change: one that was handled before changes nothing. */
  inbox?: Cause
  /** False for what can be made again: it survives the death of the process, and need not survive that of the machine. @default true */
  durable?: boolean
}

/**
 * `duplicate`: the cause was handled before, nothing was written. `parked`: it came before one that it follows, and
 * waits for it; nothing else was written.
 */
export type Outcome = { status: 'committed'; position?: number } | { status: 'duplicate' | 'parked' }
