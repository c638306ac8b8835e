import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import type { Charge } from './charge.ts'

/** The key of a request was used for another one. */
export class KeyReused extends Error {}

export interface Store {
  /**
   * Does what a request asks for, once for each key: asked again, it gives the first answer. The work, what it saves
   * and its answer are on disk when this returns; of work that throws nothing is.
   * @param request whatever tells one request from another
   * @throws KeyReused when the key came with another request
   */
  once(key: string, request: string, work: () => Charge): Charge
  find(id: string): Charge | undefined
  /** The oldest first. */
  list(filter: { reference?: string; after?: string; limit: number }): Charge[]
  save(charge: Charge): void
  close(): void
}

interface ChargeRow extends Omit<Charge, 'reason'> {
  reason: string | null
}

const tables = `
  CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY, reference TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
    amountCents INTEGER NOT NULL, capturedCents INTEGER NOT NULL, refundedCents INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS charges_reference ON charges (reference);
  CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL
  ) STRICT;
`

/** Opens the SQLite file of the provider, creating it if need be. A card is not kept. */
export function openStore(path: string): Store {
  mkdirSync(dirname(path), { recursive: true })
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('busy_timeout = 5000')
  database.exec(tables)

  const byId = database.prepare<[string], ChargeRow>('SELECT * FROM charges WHERE id = ?')
  const page = database.prepare<[{ reference: string | null; after: string; limit: number }], ChargeRow>(`
    SELECT * FROM charges WHERE (@reference IS NULL OR reference = @reference) AND id > @after
    ORDER BY id LIMIT @limit`)
  const upsert = database.prepare<[ChargeRow]>(`
    INSERT OR REPLACE INTO charges (id, reference, status, reason, amountCents, capturedCents, refundedCents)
    VALUES (@id, @reference, @status, @reason, @amountCents, @capturedCents, @refundedCents)`)
  const byKey = database.prepare<[string], { request: string; answer: string }>(
    'SELECT request, answer FROM answers WHERE key = ?',
  )
  const keep = database.prepare('INSERT INTO answers (key, request, answer) VALUES (?, ?, ?)')

  const once = database.transaction((key: string, request: string, work: () => Charge): Charge => {
    const first = byKey.get(key)
    if (first && first.request !== request) throw new KeyReused()
    if (first) return JSON.parse(first.answer)
    const answer = work()
    keep.run(key, request, JSON.stringify(answer))
    return answer
  })

  return {
    once: once.immediate,
    find(id) {
      const row = byId.get(id)
      return row && toCharge(row)
    },
    list: ({ reference = null, after = '', limit }) => page.all({ reference, after, limit }).map(toCharge),
    save: charge => void upsert.run({ ...charge, reason: charge.reason ?? null }),
    close: () => void database.close(),
  }
}

function toCharge({ reason, ...row }: ChargeRow): Charge {
  return { ...row, ...(reason !== null && { reason }) }
}
