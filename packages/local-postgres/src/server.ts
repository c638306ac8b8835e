import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Access, type Cluster, createCluster } from './cluster.ts'
import { connected, untilReady } from './connect.ts'
import { guardServer } from './guard.ts'
import { obtainPostgres } from './obtain.ts'
import { freePort } from './port.ts'
import { killTree } from './processes.ts'

/** A PostgreSQL of one's own on 127.0.0.1. It is gone at the end of the scope, or when the process dies. */
export interface Postgres extends AsyncDisposable {
  /** `postgres://postgres:password@127.0.0.1:port/database`; the same after `restart`. @default `postgres` */
  url(database?: string): string
  /**
   * Makes an empty database, in about 30 ms, and returns its URL. It stays until the server goes.
   * @default a name that nothing else has
   */
  createDatabase(name?: string): Promise<string>
  /** All output so far. */
  log(): string
  /** As a crash of the machine would: SIGKILL for the server and all its processes. */
  kill(): Promise<void>
  /** Starts it on the same port with the same data. One that runs is shut down before, and cuts its clients off. */
  restart(): Promise<void>
}

export interface PostgresOptions {
  /**
   * Whether a commit is on the disk when it is answered, as in production. Without, `kill` loses what was committed in
   * the last half second. @default false
   */
  durable?: boolean
  /** Further settings, as in postgresql.conf; they win. */
  settings?: Record<string, string | number | boolean>
}

const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  io_method: 'sync',
}

/**
 * PostgreSQL 18 from the project's cache. Takes about a second, and longer where it is fetched first: a hook of a test
 * needs a limit of its own for that.
 *
 * @throws Error with the reason when it cannot be had, or with the end of its log when it does not start
 * @example
 * await using server = await startPostgres()
 * const pool = new Pool({ connectionString: await server.createDatabase() })
 */
export async function startPostgres({
  durable = false,
  settings = {},
}: PostgresOptions = {}): Promise<Postgres> {
  const programs = await obtainPostgres()
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'test-postgres-'))
  const guard = guardServer(folder)
  cleanup.defer(() => guard.end())
  const cluster = await createCluster(folder, programs)
  // Where nothing is forced to the disk, copying is quicker than writing to the log.
  const strategy = durable ? 'wal_log' : 'file_copy'
  const chosen = { ...(durable ? {} : quick), ...settings }
  let { access, server } = await startOnFreePort(cluster, chosen)
  const kept = cleanup.move()

  return {
    url: (database = 'postgres') => urlOf(access, database),
    async createDatabase(name = `test_${crypto.randomUUID().replaceAll('-', '')}`) {
      await connected(urlOf(access, 'postgres'), client =>
        client.query(
          `CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE template0 STRATEGY ${strategy}`,
        ),
      )
      return urlOf(access, name)
    },
    log: () => cluster.log(),
    async kill() {
      if (server.pid !== undefined && !hasEnded(server)) await killTree(server.pid)
    },
    async restart() {
      if (!hasEnded(server)) {
        const ended = new Promise(resolve => server.once('exit', resolve))
        server.ref()
        // Fast: aborts transactions, and waits for no client.
        server.kill('SIGINT')
        await ended
      }
      server = await run(cluster, access, chosen)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function urlOf({ port, password }: Access, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

/** Another may take the port between the search and the start. */
async function startOnFreePort({ password, ...cluster }: Cluster, settings: Settings) {
  for (let tries = 1; ; tries++) {
    const access = { port: await freePort(), password }
    try {
      return { access, server: await run({ password, ...cluster }, access, settings) }
    } catch (error) {
      if (tries === 5 || !`${error}`.includes('could not bind')) throw error
    }
  }
}

type Settings = Record<string, string | number | boolean>

async function run(
  { command, env, folder, log }: Cluster,
  access: Access,
  settings: Settings,
): Promise<ChildProcess> {
  const all: Settings = {
    port: access.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // In the folder, and not in /dev/shm, where a server that is killed leaves it.
    dynamic_shared_memory_type: 'mmap',
    ...settings,
  }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program = '', ...rest] = command('postgres', ['-D', join(folder, 'data'), ...options])
  const output = openSync(join(folder, 'log'), 'a')
  const before = log().length
  const child = spawn(program, rest, { cwd: folder, env, stdio: ['ignore', output, output], detached: true })
  closeSync(output)
  // Whoever forgets to end it is not kept from ending.
  child.unref()
  child.once('error', () => undefined)
  await untilReady(urlOf(access, 'postgres'), () =>
    hasEnded(child) || child.pid === undefined
      ? `PostgreSQL has ended:\n${log().slice(before).slice(-2_000)}`
      : undefined,
  )
  return child
}
