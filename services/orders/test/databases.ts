import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Dialect, type Journal, openJournal } from '@shop/journal/journal'
import { postgresMissing, startPostgres } from '@shop/test-postgres'
import { type OrdersTables, tables } from '../src/schema.ts'

/** With the reason in its name where one cannot be had. */
export const dialects: { name: string; dialect: Dialect; isMissing: boolean }[] = [
  { name: 'SQLite', dialect: 'sqlite', isMissing: false },
  {
    name: postgresMissing === undefined ? 'PostgreSQL' : `PostgreSQL (${postgresMissing})`,
    dialect: 'postgres',
    isMissing: postgresMissing !== undefined,
  },
]

const migrations = resolve(import.meta.dir, '../migrations')

export interface Databases extends AsyncDisposable {
  /** URL of an empty database, which goes with all the others. */
  create(): Promise<string>
}

export async function startDatabases(dialect: Dialect): Promise<Databases> {
  if (dialect === 'postgres') {
    const server = await startPostgres()
    return {
      create: () => server.createDatabase(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'orders-'))
  return {
    create: async () => `file:${join(folder, `${crypto.randomUUID()}.db`)}`,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  }
}

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
