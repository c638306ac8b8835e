import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connected } from './connect.ts'
import { postgresMissing } from './missing.ts'
import { obtainPostgres } from './obtain.ts'
import { isRunning } from './processes.ts'
import { type Postgres, startPostgres } from './server.ts'

const needsPostgres = postgresMissing === undefined ? '' : ` (${postgresMissing})`
const postgresTest = (name: string, run: () => Promise<void>) =>
  test.skipIf(needsPostgres !== '')(`${name}${needsPostgres}`, run, timeoutMs)

/** A fetch may be part of it. */
const timeoutMs = 60_000

let server: Postgres

beforeAll(async () => {
  if (!needsPostgres) server = await startPostgres()
}, timeoutMs)

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

async function query(url: string, text: string): Promise<unknown[]> {
  return await connected(url, async client => (await client.query(text)).rows)
}

postgresTest('each database is empty, and its own', async () => {
  const [first, second] = await Promise.all([server.createDatabase(), server.createDatabase()])
  await query(first, 'CREATE TABLE notes (text text)')
  expect(await query(second, "SELECT to_regclass('notes') AS found")).toEqual([{ found: null }])
  const named = await server.createDatabase('the "shop"')
  expect(named).toBe(server.url('the "shop"'))
  expect(await query(named, 'SELECT current_database() AS name')).toEqual([{ name: 'the "shop"' }])
})

postgresTest('the password is asked for', async () => {
  const wrong = server.url().replace(/:[^:@]+@/, ':wrong@')
  await expect(query(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
})

postgresTest('what was committed is there after a crash, and the URL is the same', async () => {
  await using durable = await startPostgres({ durable: true })
  const url = await durable.createDatabase()
  await query(url, 'CREATE TABLE notes (text text)')
  await query(url, "INSERT INTO notes VALUES ('kept')")
  await durable.kill()
  await expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await durable.restart()
  expect(await query(url, 'TABLE notes')).toEqual([{ text: 'kept' }])
  expect(durable.log()).toContain('automatic recovery in progress')
})

postgresTest('a restart is a clean one when the server runs', async () => {
  await using other = await startPostgres({ settings: { work_mem: '5MB' } })
  await other.restart()
  expect(await query(other.url(), 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }])
  expect(other.log()).toContain('database system is shut down')
})

postgresTest('settings that it refuses are told in its words', async () => {
  const starting = startPostgres({ settings: { no_such_setting: 1 } })
  await expect(starting).rejects.toThrow('unrecognized configuration parameter "no_such_setting"')
})

const script = `
import { startPostgres } from ${JSON.stringify(join(import.meta.dir, 'server.ts'))}
const server = await startPostgres()
await server.createDatabase()
console.log(process.getuid?.())
await new Promise(() => setInterval(() => undefined, 1_000))`

interface Elsewhere extends AsyncDisposable {
  child: Bun.Subprocess
  /** Id of the user. */
  user: number
  /** Whether the folder and the process of the server are there. */
  left(): boolean[]
}

/** A program that has a server, in a folder for temporary files of its own, and waits for its end. */
async function startElsewhere(prefix: string[] = [], env: Record<string, string> = {}): Promise<Elsewhere> {
  const folder = await mkdtemp(join(tmpdir(), 'test-postgres-elsewhere-'))
  await chmod(folder, 0o777)
  await Bun.write(join(folder, 'dies.ts'), script)
  const child = Bun.spawn([...prefix, process.execPath, join(folder, 'dies.ts')], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, ...env },
    stdout: 'pipe',
  })
  const { value } = await child.stdout.getReader().read()
  const nameOf = () => readdirSync(folder).find(name => name.startsWith('test-postgres-'))
  const data = join(folder, nameOf() ?? '', 'data')
  const pid = Number((await Bun.file(join(data, 'postmaster.pid')).text()).split('\n')[0])
  return {
    child,
    user: Number(new TextDecoder().decode(value)),
    left: () => [existsSync(data), isRunning(pid)],
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      while (nameOf()) await Bun.sleep(10)
      await rm(folder, { recursive: true })
    },
  }
}

postgresTest('nothing is left when the process that started it is killed', async () => {
  await using elsewhere = await startElsewhere()
  expect(elsewhere.left()).toEqual([true, true])
  elsewhere.child.kill('SIGKILL')
  while (elsewhere.left().includes(true)) await Bun.sleep(10)
})

postgresTest('nothing is left at the end of the scope, after a crash too', async () => {
  const folders = () => readdirSync(tmpdir()).filter(name => name.startsWith('test-postgres-'))
  const before = folders()
  {
    await using _running = await startPostgres()
    await using crashed = await startPostgres()
    await crashed.kill()
  }
  expect(folders().filter(name => !before.includes(name))).toEqual([])
})

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']

function whyNotNobody(): string {
  if (process.getuid?.() !== 0) return 'runs as such a user anyway'
  if (!Bun.which('setpriv')) return 'needs setpriv'
  const reads = [
    ...asNobody,
    process.execPath,
    '-e',
    `require(${JSON.stringify(join(import.meta.dir, 'server.ts'))})`,
  ]
  const { success } = Bun.spawnSync(reads, { cwd: '/', stdio: ['ignore', 'ignore', 'ignore'] })
  return success ? '' : 'needs a clone that other users may read'
}

const reason = needsPostgres === '' ? whyNotNobody() : needsPostgres.slice(2, -1)

test.skipIf(reason !== '')(
  `an ordinary user has one${reason && ` (${reason})`}`,
  async () => {
    const cache = await mkdtemp(join(tmpdir(), 'test-postgres-cache-'))
    await chmod(cache, 0o755)
    try {
      const env = { SHOP_CACHE_DIR: cache, HOME: cache }
      await obtainPostgres({ env: { ...process.env, SHOP_CACHE_DIR: cache } })
      await using elsewhere = await startElsewhere(asNobody, env)
      expect(elsewhere.user).toBe(65_534)
      expect(elsewhere.left()).toEqual([true, true])
    } finally {
      await rm(cache, { recursive: true })
    }
  },
  timeoutMs,
)
