import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { obtain } from './obtain.ts'
import { emptyPlace, noComponents, type Place, putExecutable, serveReleases } from './testing.ts'
import { type Binary, PINNED } from './versions.ts'

/** obtain() on a machine that has only what `place` has, with the lines it reported. */
async function tryObtain(binaries: Binary[], place: Place, url: string, signal?: AbortSignal) {
  const lines: string[] = []
  const obtained = await obtain(binaries, {
    components: noComponents,
    env: { ...place.env, SHOP_RELEASE_URL: url },
    report: line => lines.push(line),
    ...(signal ? { signal } : {}),
  })
  return { ...obtained, lines }
}

async function textOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'it worked',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

async function filesIn(place: Place): Promise<string[]> {
  const files = await readdir(place.env.SHOP_CACHE_DIR, { recursive: true, withFileTypes: true })
  return files.filter(file => file.isFile()).map(file => file.name)
}

test('a release is checked, unpacked, made executable and kept', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd', 'nats-server'] })
  const first = await tryObtain(['daprd', 'nats-server'], place, server.url)
  expect(first.binaries.daprd).toMatchObject({ source: 'release', cached: false, version: PINNED.dapr })
  for (const binary of ['daprd', 'nats-server'] as const) {
    const { stdout } = Bun.spawnSync([first.paths[binary]])
    expect(stdout.toString()).toBe(`release of ${binary}\n`)
  }
  expect((await filesIn(place)).sort()).toEqual(['daprd', 'entry.json', 'entry.json', 'lock', 'nats-server'])
  const second = await tryObtain(['daprd', 'nats-server'], place, 'http://127.0.0.1:1')
  expect(second.paths).toEqual(first.paths)
  expect(second.binaries.daprd).toMatchObject({ source: 'release', cached: true })
  expect(second.lines).toEqual([])
})

test('what is missing is told before any of it is obtained, and only then', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd', 'nats-server'] })
  const told: unknown[] = []
  const env = { ...place.env, SHOP_RELEASE_URL: server.url }
  const onMissing = (missing: Binary[]) => void told.push(missing, server.requests.length)
  const options = { components: noComponents, env, report: () => {}, onMissing }
  await obtain(['daprd'], options)
  await obtain(['daprd', 'nats-server', 'nats-server'], options)
  await obtain(['daprd', 'nats-server'], options)
  expect(told).toEqual([['daprd'], 0, ['nats-server'], 1])
})

test('a wrong checksum: the archive is not used, nothing of it is kept, and the error says so', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd'], checksum: () => '0'.repeat(64) })
  const message = await textOf(tryObtain(['daprd'], place, server.url))
  expect(message).toContain('daprd_')
  expect(message).toMatch(/wrong checksum: SHA-256 [0-9a-f]{64}, expected 0{64}/)
  expect(await filesIn(place)).toEqual(['lock'])
})

test('a checksum file without the archive’s name is refused', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['nats-server'], checksum: () => 'not a checksum' })
  expect(await textOf(tryObtain(['nats-server'], place, server.url))).toContain(
    'SHA256SUMS has no SHA-256 of nats-server-v',
  )
  expect(server.requests).toEqual([])
})

test('a connection that breaks half way goes on where it broke', async () => {
  await using place = await emptyPlace()
  const halfWay = (count: number) => (count === 1 ? 'hang up' : 'go on')
  await using server = await serveReleases({ binaries: ['daprd'], halfWay })
  const { paths } = await tryObtain(['daprd'], place, server.url)
  expect(Bun.spawnSync([paths.daprd ?? '']).stdout.toString()).toBe('release of daprd\n')
  expect(server.requests.map(({ range }) => range)).toEqual([
    null,
    expect.stringMatching(/^bytes=[1-9]\d+-$/),
  ])
})

test('a server that breaks off every time is given up, and the next run goes on from what came', async () => {
  await using place = await emptyPlace()
  let mends = false
  await using server = await serveReleases({
    binaries: ['daprd'],
    halfWay: () => (mends ? 'go on' : 'hang up'),
  })
  expect(await textOf(tryObtain(['daprd'], place, server.url))).toContain('broke off after')
  expect(await filesIn(place)).toContainEqual(expect.stringMatching(/\.part$/))
  mends = true
  const before = server.requests.length
  expect((await tryObtain(['daprd'], place, server.url)).binaries.daprd).toMatchObject({ source: 'release' })
  expect(server.requests.slice(before)).toMatchObject([{ range: expect.stringMatching(/^bytes=[1-9]\d+-$/) }])
})

test('a part that belongs to other bytes is thrown away and the whole file loaded', async () => {
  await using place = await emptyPlace()
  const halfWay = (count: number) => (count === 1 ? 'hang' : 'go on')
  await using server = await serveReleases({ binaries: ['daprd'], halfWay })
  const abort = new AbortController()
  const first = tryObtain(['daprd'], place, server.url, abort.signal)
  const part = await partOf(place)
  abort.abort()
  await textOf(first)
  await Bun.write(part, new Uint8Array(1000))
  expect((await tryObtain(['daprd'], place, server.url)).binaries.daprd).toMatchObject({ source: 'release' })
  expect(server.requests.map(({ range }) => range)).toEqual([null, 'bytes=1000-', null])
})

test('an abort in the middle leaves no work folder, and the next run goes on', async () => {
  await using place = await emptyPlace()
  const halfWay = (count: number) => (count === 1 ? 'hang' : 'go on')
  await using server = await serveReleases({ binaries: ['daprd'], halfWay })
  const abort = new AbortController()
  const first = tryObtain(['daprd'], place, server.url, abort.signal)
  const part = await partOf(place)
  abort.abort(new Error('Ctrl-C'))
  expect(await textOf(first)).toBe('Ctrl-C')
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
  const { size } = Bun.file(part)
  await tryObtain(['daprd'], place, server.url)
  expect(server.requests.map(({ range }) => range)).toEqual([null, `bytes=${size}-`])
})

test('two at once load each archive once', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd', 'sentry'] })
  const both = await Promise.all([1, 2].map(() => tryObtain(['daprd', 'sentry'], place, server.url)))
  expect(both[0]).toMatchObject({ paths: { ...both[1]?.paths } })
  expect(both.map(({ binaries }) => binaries.sentry?.cached).sort()).toEqual([false, true])
  expect(server.requests).toHaveLength(2)
})

test('two processes at once load each archive once', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd'] })
  const script = `
    import { obtain } from ${JSON.stringify(join(import.meta.dir, 'obtain.ts'))}
    const { paths } = await obtain(['daprd'], { components: { uses: [], registrations: [] }, report() {} })
    console.log(paths.daprd)`
  const start = async () => {
    const env = { ...place.env, SHOP_RELEASE_URL: server.url }
    await using child = Bun.spawn([process.execPath, '-e', script], {
      env,
      stdout: 'pipe',
      stderr: 'inherit',
    })
    return await new Response(child.stdout).text()
  }
  const [one, other] = await Promise.all([start(), start()])
  expect(one).toMatch(/daprd\n$/)
  expect(other).toBe(one)
  expect(server.requests).toHaveLength(1)
})

test('what is installed is used, only the rest is loaded', async () => {
  await using place = await emptyPlace()
  const folder = join(place.env.HOME, '.dapr/bin')
  for (const binary of ['daprd', 'placement', 'scheduler'])
    await putExecutable(join(folder, binary), PINNED.dapr)
  await using server = await serveReleases({ binaries: ['sentry'] })
  const { binaries } = await tryObtain(['daprd', 'placement', 'scheduler', 'sentry'], place, server.url)
  const sources = Object.values(binaries).map(({ binary, source }) => `${binary}: ${source}`)
  expect(sources.sort()).toEqual([
    'daprd: installed',
    'placement: installed',
    'scheduler: installed',
    'sentry: release',
  ])
})

test('with no way left the error says what was tried and what would help', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'daprd'), '1.14.4')
  const message = await textOf(tryObtain(['daprd', 'nats-server'], place, 'http://127.0.0.1:1'))
  expect(message).toContain('Cannot obtain daprd, nats-server. Tried:')
  expect(message).toContain(
    `installed: ${join(place.env.PATH, 'daprd')} is 1.14.4, needed is ~${PINNED.dapr}`,
  )
  expect(message).toContain('installed: no nats-server on the PATH')
  expect(message).toContain('release: http://127.0.0.1:1/dapr/dapr/releases/download/')
  expect(message).toContain('build: no go on the PATH')
  expect(message).toContain('build: no pip')
  for (const way of ['dapr init', 'SHOP_RELEASE_URL', 'install Go', 'pip']) expect(message).toContain(way)
  // the server that refuses is asked once, not once for each file
  expect(message.match(/cannot be reached/g)).toHaveLength(1)
})

test('a Go that is too old is named with its version', async () => {
  await using place = await emptyPlace()
  await putExecutable(join(place.env.PATH, 'go'), 'go1.21.5')
  const message = await textOf(tryObtain(['daprd'], place, 'http://127.0.0.1:1'))
  expect(message).toContain(`build: ${join(place.env.PATH, 'go')} is Go 1.21.5, needed is 1.26`)
})

test('SHOP_DAPR_SOURCE narrows the ways, and a wrong value is refused', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd'] })
  await putExecutable(join(place.env.PATH, 'daprd'), PINNED.dapr)
  place.env.SHOP_DAPR_SOURCE = 'release'
  expect((await tryObtain(['daprd'], place, server.url)).binaries.daprd).toMatchObject({ source: 'release' })
  place.env.SHOP_DAPR_SOURCE = 'magic'
  expect(await textOf(tryObtain(['daprd'], place, server.url))).toContain(
    'SHOP_DAPR_SOURCE is magic; it can be',
  )
})

test('a cache that cannot be written is said at once, with the way out', async () => {
  await using place = await emptyPlace()
  await Bun.write(join(place.path, 'file'), '')
  place.env.SHOP_CACHE_DIR = join(place.path, 'file/cache')
  const message = await textOf(tryObtain(['daprd'], place, 'http://127.0.0.1:1'))
  expect(message).toStartWith(`The cache ${place.env.SHOP_CACHE_DIR} cannot be written`)
  expect(message).toContain('SHOP_CACHE_DIR')
})

test('what a killed run left is swept', async () => {
  await using place = await emptyPlace()
  await Bun.write(join(place.env.SHOP_CACHE_DIR, 'work/of-a-killed-run/half-a-binary'), 'x')
  await Bun.write(join(place.env.SHOP_CACHE_DIR, 'downloads/1.0.0-daprd_linux_amd64.tar.gz.part'), 'x')
  await using server = await serveReleases({ binaries: ['daprd'] })
  await tryObtain(['daprd'], place, server.url)
  expect((await filesIn(place)).sort()).toEqual(['daprd', 'entry.json', 'lock'])
})

test('a damaged binary in the cache is obtained again', async () => {
  await using place = await emptyPlace()
  await using server = await serveReleases({ binaries: ['daprd'] })
  const { paths } = await tryObtain(['daprd'], place, server.url)
  await Bun.write(paths.daprd ?? '', '')
  expect((await tryObtain(['daprd'], place, server.url)).binaries.daprd).toMatchObject({ cached: false })
  expect(Bun.spawnSync([paths.daprd ?? '']).stdout.toString()).toBe('release of daprd\n')
})

/** The half-loaded archive, as soon as something of it is there. */
async function partOf(place: Place): Promise<string> {
  const folder = join(place.env.SHOP_CACHE_DIR, 'downloads')
  for (;;) {
    const name = (await readdir(folder).catch(() => [])).find(file => file.endsWith('.part'))
    if (name && Bun.file(join(folder, name)).size > 0) return join(folder, name)
    await Bun.sleep(5)
  }
}
