import { type SQL, sql } from 'drizzle-orm'

/** Keys of PostgreSQL's advisory locks, each of them within one database. */
export const locks = { migrate: 726_001, append: 726_002, relay: 726_003 }

/** Held until the transaction ends, however it ends; who comes second waits. */
export function lock(key: number): SQL {
  return sql`pg_advisory_xact_lock(${key})`
}
