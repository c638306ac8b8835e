import { expect, test } from 'bun:test'
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasApt, obtainDebianPackages } from './debian-packages.ts'
import { emptyPlace, type Place } from './testing.ts'

/** apt-get and dpkg-deb that do as they are told here, with the system's own programs behind them. */
async function putApt(
  { env }: Place,
  { install, unpack }: { install: string; unpack: string },
): Promise<void> {
  const scripts = {
    'apt-get': `#!/bin/sh\nPATH=/bin:/usr/bin\necho "$@" >> ${env.HOME}/calls\ncase "$*" in *update) exit 100;; esac\n${install}`,
    'dpkg-deb': `#!/bin/sh\nPATH=/bin:/usr/bin\n${unpack}`,
  }
  await mkdir(env.PATH, { recursive: true })
  await mkdir(env.HOME, { recursive: true })
  for (const [name, script] of Object.entries(scripts)) {
    await Bun.write(join(env.PATH, name), script)
    await chmod(join(env.PATH, name), 0o755)
  }
}

const good = {
  install:
    'for a in "$@"; do case $a in Dir::Cache=*) cache=$(echo $a | cut -d= -f2);; esac; done\ntouch $cache/archives/tool.deb',
  // dpkg-deb -x archive folder
  unpack: 'mkdir -p $3/usr/bin $3/usr/lib/x86_64-linux-gnu && touch $3/usr/bin/tool',
}

async function calls({ env }: Place): Promise<number> {
  return (await Bun.file(join(env.HOME, 'calls')).text()).trim().split('\n').length
}

const onDebian = await Bun.file('/var/lib/dpkg/status').exists()
const debianTest = (name: string, run: () => Promise<void>) =>
  onDebian ? test(name, run) : test.skip(`${name} (needs Debian)`, run)

test('a system without apt has no packages', async () => {
  await using place = await emptyPlace()
  expect(hasApt(place.env)).toBe(false)
  await putApt(place, good)
  expect(hasApt(place.env)).toBe(true)
})

debianTest('packages are fetched once, also when a source cannot be reached', async () => {
  await using place = await emptyPlace()
  await putApt(place, good)
  const options = { env: place.env, report: () => undefined }
  const { root, env } = await obtainDebianPackages(['tool'], options)
  expect(await Bun.file(join(root, 'usr/bin/tool')).exists()).toBe(true)
  expect(env.LD_LIBRARY_PATH).toBe(join(root, 'usr/lib/x86_64-linux-gnu'))
  expect(await calls(place)).toBe(2)
  expect(await obtainDebianPackages(['tool'], options)).toEqual({ root, env })
  expect(await calls(place)).toBe(2)
})

debianTest('two runs at once fetch once', async () => {
  await using place = await emptyPlace()
  await putApt(place, good)
  const options = { env: place.env, report: () => undefined }
  const both = [1, 2].map(() => obtainDebianPackages(['tool'], options))
  const [first, second] = await Promise.all(both)
  expect(first).toEqual(second)
  expect(await calls(place)).toBe(2)
})

debianTest('a failure says what apt said, and leaves nothing', async () => {
  await using place = await emptyPlace()
  await putApt(place, { ...good, install: 'echo "E: Unable to locate package tool" >&2; exit 100' })
  const obtaining = obtainDebianPackages(['tool'], { env: place.env, report: () => undefined })
  await expect(obtaining).rejects.toThrow(/apt-get cannot fetch tool:\nE: Unable to locate package tool/)
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'entries')).catch(() => [])).toEqual([])
})

debianTest('so does an archive that cannot be unpacked', async () => {
  await using place = await emptyPlace()
  await putApt(place, { ...good, unpack: 'echo broken >&2; exit 2' })
  const obtaining = obtainDebianPackages(['tool'], { env: place.env, report: () => undefined })
  await expect(obtaining).rejects.toThrow('dpkg-deb cannot unpack tool.deb: broken')
  expect(await readdir(join(place.env.SHOP_CACHE_DIR, 'work'))).toEqual([])
})
