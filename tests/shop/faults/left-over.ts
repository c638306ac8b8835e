import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Shop } from '../shop.ts'

const tables = ['dead_letters', 'parked']

/** The events that nobody could handle, in the databases of those who were to. */
export function leftOver({ home }: Shop): string[] {
  return ['orders', 'inventory', 'payments', 'insights'].flatMap(service => {
    const database = new Database(join(home, '.local/data', `${service}.db`), { readonly: true })
    try {
      return tables.flatMap(table =>
        database
          .prepare(`select event from ${table}`)
          .all()
          .map(row => `${service}, ${table}: ${(row as { event: string }).event}`),
      )
    } finally {
      database.close()
    }
  })
}
