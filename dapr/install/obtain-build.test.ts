import { expect, test } from 'bun:test'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Entry, platform } from './cache.ts'
import { obtain } from './obtain.ts'
import { recipeOf } from './recipe.ts'
import { emptyPlace, noComponents, type Place, serveReleases } from './testing.ts'
import { findGo } from './toolchain.ts'
import { PINNED } from './versions.ts'

const go = await findGo(process.env, '/nowhere', undefined)
const noGo = 'reasons' in go

/** A machine that has Go, with Go's own caches, and nothing else. */
async function placeWithGo(): Promise<Place> {
  const place = await emptyPlace()
  if ('reasons' in go) return place
  place.env.PATH = dirname(go.path)
  for (const name of ['GOPROXY', 'GOCACHE', 'GOMODCACHE']) {
    place.env[name] = Bun.spawnSync([go.path, 'env', name]).stdout.toString().trim()
  }
  return place
}

test.skipIf(noGo)(
  'a release that does not exist: the pinned version is built and kept',
  async () => {
    await using place = await placeWithGo()
    await using server = await serveReleases({ binaries: [] })
    const lines: string[] = []
    const options = { components: noComponents, env: { ...place.env, SHOP_RELEASE_URL: server.url } }
    const { binaries, paths } = await obtain(['nats-server'], {
      ...options,
      report: line => lines.push(line),
    })
    expect(binaries['nats-server']).toMatchObject({ source: 'build', cached: false, version: PINNED.nats })
    expect(binaries['nats-server'].buildSeconds).toBeGreaterThan(0)
    expect(Bun.spawnSync([paths['nats-server'], '--version']).stdout.toString()).toBe(
      `nats-server: v${PINNED.nats}\n`,
    )
    expect(lines).toContainEqual(
      expect.stringMatching(/^no official release of nats-server: .* answered 404$/),
    )
    expect(lines).toContainEqual(expect.stringMatching(/^built nats-server 1\d MB in \d/))
    expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
    const again = await obtain(['nats-server'], { ...options, report: line => lines.push(line) })
    expect(again.binaries['nats-server']).toMatchObject({ source: 'build', cached: true })
  },
  600_000,
)

test.skipIf(noGo)(
  'an abort in the middle of compiling ends the compiler and leaves nothing',
  async () => {
    await using place = await placeWithGo()
    place.env.GOCACHE = join(place.path, 'gocache')
    place.env.SHOP_DAPR_SOURCE = 'build'
    const abort = new AbortController()
    const report = (line: string) => {
      if (line.startsWith('compiling ')) abort.abort(new Error('Ctrl-C'))
    }
    const work = obtain(['nats-server'], {
      components: noComponents,
      env: place.env,
      report,
      signal: abort.signal,
    })
    await expect(work).rejects.toThrow('Ctrl-C')
    expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
    // a compiler that lived on would hold on to its folder, and name it in its arguments
    expect(await commandLines()).not.toContain(place.path)
  },
  600_000,
)

test.skipIf(noGo)(
  'a build that fails is told with the compiler’s words',
  async () => {
    await using place = await placeWithGo()
    const env = {
      ...place.env,
      GOMODCACHE: join(place.path, 'empty'),
      GOPROXY: 'off',
      SHOP_DAPR_SOURCE: 'build',
    }
    const work = obtain(['nats-server'], { components: noComponents, env, report() {} })
    await expect(work).rejects.toThrow(/SHOP_DAPR_SOURCE allows only[\s\S]*go build failed[\s\S]*GOPROXY=off/)
  },
  60_000,
)

/** A cache that holds one daprd of an earlier build. */
async function placeWithDaprd(changes: Partial<Entry>): Promise<Place> {
  const place = await emptyPlace()
  place.env.SHOP_RELEASE_URL = 'http://127.0.0.1:1'
  const entry: Entry = {
    binary: 'daprd',
    version: PINNED.dapr,
    source: 'build',
    platform,
    recipe: await recipeOf('daprd'),
    registrations: ['nameresolution_sqlite', 'pubsub_mqtt3', 'state_sqlite'],
    sizeBytes: 4,
    ...changes,
  }
  const folder = join(place.env.SHOP_CACHE_DIR, 'entries/earlier-build')
  await Bun.write(join(folder, 'entry.json'), JSON.stringify(entry))
  await Bun.write(join(folder, 'daprd'), 'abcd')
  return place
}

function obtainDaprd(place: Place, ...registrations: string[]) {
  return obtain(['daprd'], { components: { uses: [], registrations }, env: place.env, report() {} })
}

test('a cached daprd serves every set of components that is part of its own, and no other', async () => {
  await using place = await placeWithDaprd({})
  const { binaries } = await obtainDaprd(place, 'pubsub_mqtt3', 'state_sqlite')
  expect(binaries.daprd).toMatchObject({
    source: 'build',
    cached: true,
    path: expect.stringContaining('earlier-build'),
  })
  await expect(obtainDaprd(place, 'pubsub_mqtt3', 'state_redis')).rejects.toThrow('Cannot obtain daprd')
})

test.each([
  ['another version', { version: '1.18.1' }],
  ['other dependencies', { recipe: 'other' }],
  ['another kind of machine', { platform: 'plan9-x64' }],
])('a cached daprd of %s is not used', async (_, changes) => {
  await using place = await placeWithDaprd(changes)
  await expect(obtainDaprd(place, 'state_sqlite')).rejects.toThrow('Cannot obtain daprd')
})

/** The arguments of everything that runs. Slim images have no `ps`. */
async function commandLines(): Promise<string> {
  if (process.platform !== 'linux') return Bun.spawnSync(['ps', '-A', '-ww', '-o', 'args=']).stdout.toString()
  const entries = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const texts = entries.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  return (await Promise.all(texts)).join('\n')
}
