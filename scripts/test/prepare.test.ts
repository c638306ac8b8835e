import { expect, test } from 'bun:test'
import { chmod, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hasApt } from '../../dapr/install/debian-packages.ts'
import { fixtureTree } from '../check/fixture.ts'

const redis = resolve(import.meta.dir, '../../tests/conformance/redis.ts')

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
