import type { Cluster } from './cluster.ts'

export interface Database {
  /** Runs statements, all or none. @throws Error with what the server says */
  execute(database: string, statements: string): Promise<void>
  /** Keeps others from changing a table, until what is returned is called. */
  lock(database: string, table: string): Promise<() => Promise<void>>
}

const psql = [
  ...['psql', '--username', 'postgres', '--no-psqlrc', '--quiet', '--tuples-only'],
  ...['--set', 'ON_ERROR_STOP=1'],
]

/** The PostgreSQL in the namespace, as its own user, inside its pod. */
export function databaseOn({ namespace, run }: Cluster): Database {
  const pod = 'postgres-0'
  return {
    async execute(database, statements) {
      const command = [...psql, '--single-transaction', '--dbname', database]
      await run(['exec', '--stdin', pod, '--', ...command], statements)
    },

    async lock(database, table) {
      const command = ['exec', '--namespace', namespace, '--stdin', pod, '--', ...psql, '--dbname', database]
      const session = Bun.spawn(['kubectl', ...command], { stdio: ['pipe', 'pipe', 'pipe'] })
      session.stdin.write(`begin;\nlock table ${table} in exclusive mode;\n\\echo locked\n`)
      await session.stdin.flush()
      const { value } = await session.stdout.getReader().read()
      if (!new TextDecoder().decode(value).includes('locked'))
        throw new Error(`${table} was not locked: ${await session.stderr.text()}`)
      return async () => {
        // the end of the session is the end of its lock
        await session.stdin.end()
        await session.exited
      }
    },
  }
}
