import { resolve } from 'node:path'
import { type Journal, openJournal } from '@shop/journal/journal'
import { startDatabases } from '@shop/local-postgres'
import { type OrdersTables, tables } from '../src/schema.ts'

const migrations = resolve(import.meta.dir, '../migrations')

export function openOrders(url: string): Promise<Journal<OrdersTables>> {
  return openJournal({ url, tables, migrations })
}

/** A journal in an SQLite file of its own, both gone at the end of the scope. */
export async function temporaryOrders(): Promise<AsyncDisposable & { journal: Journal<OrdersTables> }> {
  const databases = await startDatabases('sqlite')
  const journal = await openOrders(await databases.create())
  return {
    journal,
    async [Symbol.asyncDispose]() {
      await journal.close()
      await databases[Symbol.asyncDispose]()
    },
  }
}
