import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresMissing } from './missing.ts'
import { startPostgres } from './server.ts'

export interface TestedDialect {
  dialect: 'sqlite' | 'postgres'
  /** For people; with the reason when it cannot be tested here. */
  name: string
  skip: boolean
}

const reason = postgresMissing === undefined ? '' : ` (${postgresMissing})`

/** For `describe.each`: one suite for both dialects. */
export const dialects: TestedDialect[] = [
  { dialect: 'sqlite', name: 'SQLite', skip: false },
  { dialect: 'postgres', name: `PostgreSQL${reason}`, skip: reason !== '' },
]

/** Of a hook that starts databases, in milliseconds: obtaining PostgreSQL may be part of it. */
export const startTimeout = 120_000

export interface Databases extends AsyncDisposable {
  /** URL of an empty database, which goes with all the others. */
  create(): Promise<string>
}

/** Empty databases of one dialect, in a folder or on a server that is gone at the end of the scope. */
export async function startDatabases(dialect: TestedDialect['dialect']): Promise<Databases> {
  if (dialect === 'postgres') {
    const server = await startPostgres()
    return {
      create: () => server.createDatabase(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'databases-'))
  return {
    create: async () => `file:${join(folder, `${crypto.randomUUID()}.db`)}`,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  }
}
