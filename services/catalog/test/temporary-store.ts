import { afterAll, beforeAll, describe } from 'bun:test'
import { openJournal } from '@shop/journal/journal'
import { type Databases, dialects, startDatabases, startTimeout } from '@shop/local-postgres'
import { tables } from '../src/schema.ts'
import { createStore, type Store } from '../src/store.ts'

export interface TemporaryStore extends AsyncDisposable {
  store: Store
  /** Of another process on the same database; SQLite has just one. */
  replica: Store
}

/** The same tests on SQLite and on PostgreSQL. */
export function onEachDialect(suite: (open: () => Promise<TemporaryStore>) => void): void {
  for (const { dialect, name, skip } of dialects) {
    describe.skipIf(skip)(`on ${name}`, () => {
      let databases: Databases
      beforeAll(async () => {
        databases = await startDatabases(dialect)
      }, startTimeout)
      afterAll(() => databases[Symbol.asyncDispose]())
      suite(async () => openStores(await databases.create()))
    })
  }
}

async function openStores(url: string): Promise<TemporaryStore> {
  const open = () => openJournal({ url, tables, migrations: `${import.meta.dir}/../migrations` })
  const journal = await open()
  const other = journal.dialect === 'postgres' ? await open() : journal
  return {
    store: createStore(journal),
    replica: createStore(other),
    async [Symbol.asyncDispose]() {
      await journal.close()
      if (other !== journal) await other.close()
    },
  }
}
