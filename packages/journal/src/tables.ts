import * as postgres from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'

/** The kinds of columns that SQLite and PostgreSQL both have. */
export type Kit = typeof sqliteKit

/** Tables of one service, for each dialect; both have the type of SQLite's, and their queries are awaited. */
export interface Tables<T> {
  sqlite: T
  postgres: T
}

const sqliteKit = {
  table: sqlite.sqliteTable,
  text: (name: string) => sqlite.text(name),
  /** Up to 2^53. */
  integer: (name: string) => sqlite.integer(name),
  boolean: (name: string) => sqlite.integer(name, { mode: 'boolean' }),
  json: (name: string) => sqlite.text(name, { mode: 'json' }),
  /** A primary key that grows with each row. */
  serial: (name: string) => sqlite.integer(name).primaryKey({ autoIncrement: true }),
  primaryKey: sqlite.primaryKey,
  index: sqlite.index,
  unique: sqlite.unique,
  check: sqlite.check,
}

/**
 * Kept as the text that was written: `jsonb` refuses the character U+0000, and halves of surrogate pairs. Drizzle's own
 * `json` parses what the driver has parsed before, and so makes a number of the text '1'.
 */
const json = postgres.customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: value => JSON.stringify(value),
})

const postgresKit = {
  table: postgres.pgTable,
  text: (name: string) => postgres.text(name),
  integer: (name: string) => postgres.bigint(name, { mode: 'number' }),
  boolean: (name: string) => postgres.boolean(name),
  json: (name: string) => json(name),
  serial: (name: string) => postgres.bigserial(name, { mode: 'number' }).primaryKey(),
  primaryKey: postgres.primaryKey,
  index: postgres.index,
  unique: postgres.unique,
  check: postgres.check,
} as unknown as Kit

/**
 * Declares tables once for both dialects: drizzle has no schema that is neutral.
 *
 * @example
 * export const tables = defineTables(({ table, text, integer }) => ({
 *   stock: table('stock', { productId: integer('product_id').primaryKey(), onHand: integer('on_hand').notNull() }),
 * }))
 */
export function defineTables<T extends Record<string, unknown>>(define: (kit: Kit) => T): Tables<T> {
  return { sqlite: define(sqliteKit), postgres: define(postgresKit) }
}
