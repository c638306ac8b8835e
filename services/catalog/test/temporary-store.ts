import { afterAll, beforeAll, describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '@shop/journal/journal'
import { type Postgres, postgresMissing, startPostgres } from '@shop/test-postgres'
import { tables } from '../src/schema.ts'
import { createStore, type Store } from '../src/store.ts'

export interface TemporaryStore extends AsyncDisposable {
  store: Store
  /** Of another process on the same database; SQLite has just one. */
  replica: Store
}

/** The same tests on SQLite and on PostgreSQL. */
export function onEachDialect(suite: (open: () => Promise<TemporaryStore>) => void): void {
  describe('on SQLite', () =>
    suite(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'catalog-'))
      return await openStores(`file:${join(folder, 'catalog.db')}`, () => rmSync(folder, { recursive: true }))
    }))

  const reason = postgresMissing === undefined ? '' : ` (${postgresMissing})`
  describe.skipIf(reason !== '')(`on PostgreSQL${reason}`, () => {
    let server: Postgres
    beforeAll(async () => {
      server = await startPostgres()
    }, 120_000)
    afterAll(() => server[Symbol.asyncDispose]())
    suite(async () => openStores(await server.createDatabase()))
  })
}

async function openStores(url: string, remove = () => {}): Promise<TemporaryStore> {
  const open = () => openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
  const journal = await open()
  const other = journal.dialect === 'postgres' ? await open() : journal
  return {
    store: createStore(journal),
    replica: createStore(other),
    async [Symbol.asyncDispose]() {
      await journal.close()
      if (other !== journal) await other.close()
      remove()
    },
  }
}
