import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, postgresMissing, startPostgres } from '@shop/test-postgres'
import { type Dialect, type Journal, openJournal } from '../src/journal.ts'
import { type TestTables, tables } from './tables.ts'

const migrations = join(import.meta.dir, 'migrations')
const missing = postgresMissing === undefined ? '' : ` (${postgresMissing})`

/** For `describe.each`: the name of each dialect, with the reason when it cannot be tested here. */
export const dialects: { dialect: Dialect; name: string; skip: boolean }[] = [
  { dialect: 'sqlite', name: 'SQLite', skip: false },
  { dialect: 'postgres', name: `PostgreSQL${missing}`, skip: missing !== '' },
]

/** Of a hook that starts a server: a fetch may be part of it. */
export const startTimeout = 60_000

export function open(url: string): Promise<Journal<TestTables>> {
  return openJournal({ url, tables, migrations })
}

export interface Databases extends AsyncDisposable {
  /** A journal on an empty database; closed and gone with the others. */
  temporary(): Promise<Journal<TestTables>>
  /** The URL of an empty database. */
  url(): Promise<string>
  /** Another journal on a database that is there, as another replica has it. */
  open(url: string): Promise<Journal<TestTables>>
}

/** Empty databases of one dialect, in a folder or on a server that is gone at the end of the scope. */
export async function databases(dialect: Dialect): Promise<Databases> {
  await using cleanup = new AsyncDisposableStack()
  let server: Postgres | undefined
  let folder = ''
  if (dialect === 'postgres') server = cleanup.use(await startPostgres())
  else {
    folder = mkdtempSync(join(tmpdir(), 'journal-'))
    cleanup.defer(() => rmSync(folder, { recursive: true }))
  }
  let count = 0
  const kept = cleanup.move()

  async function url(): Promise<string> {
    if (server) return await server.createDatabase()
    count += 1
    return `file:${join(folder, `${count}.db`)}`
  }

  async function openKept(at: string): Promise<Journal<TestTables>> {
    const journal = await open(at)
    kept.defer(() => journal.close())
    return journal
  }

  return {
    url,
    open: openKept,
    temporary: async () => await openKept(await url()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
