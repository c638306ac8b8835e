import { join } from 'node:path'
import { startDatabases } from '@shop/local-postgres'
import { type Dialect, type Journal, openJournal } from '../src/journal.ts'
import { type TestTables, tables } from './tables.ts'

const migrations = join(import.meta.dir, 'migrations')
export function open(url: string): Promise<Journal<TestTables>> {
  return openJournal({ url, tables, migrations })
}

export interface Journals extends AsyncDisposable {
  /** A journal on an empty database; closed and gone with the others. */
  temporary(): Promise<Journal<TestTables>>
  /** The URL of an empty database. */
  url(): Promise<string>
  /** Another journal on a database that is there, as another replica has it. */
  open(url: string): Promise<Journal<TestTables>>
}

/** Journals on empty databases of one dialect, all gone at the end of the scope. */
export async function journals(dialect: Dialect): Promise<Journals> {
  await using cleanup = new AsyncDisposableStack()
  const databases = cleanup.use(await startDatabases(dialect))
  const kept = cleanup.move()

  async function openKept(url: string): Promise<Journal<TestTables>> {
    const journal = await open(url)
    kept.defer(() => journal.close())
    return journal
  }

  return {
    url: databases.create,
    open: openKept,
    temporary: async () => await openKept(await databases.create()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
