import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { killGroupOf } from './process.ts'
import { recipeOf } from './recipe.ts'
import { type Binary, PARTS } from './versions.ts'

export type Environment = Record<string, string | undefined>

/** What a cached binary is; stored beside it as entry.json. */
export interface Entry {
  binary: Binary
  version: string
  source: 'release' | 'build'
  platform: string
  /** Of a build: what it was built from, see recipe.ts. */
  recipe?: string
  /** Of a daprd built here: the registration files in it. A release has every component. */
  registrations?: string[]
  sizeBytes: number
  /** Of the whole `go build` that the binary came from; builds share most packages. */
  buildSeconds?: number
}

export interface CachedEntry extends Entry {
  path: string
}

/** Binaries run on one kind of machine only, and a home folder may be shared by several. */
export const platform = `${process.platform}-${process.arch}`

const unusedDays = 90

/** The project's folder for the user: SHOP_CACHE_DIR, or the platform's cache folder. */
export function cacheDirectory(env: Environment): string {
  if (env.SHOP_CACHE_DIR) return env.SHOP_CACHE_DIR
  const home = env.HOME ?? homedir()
  const base =
    process.platform === 'darwin' ? join(home, 'Library/Caches') : env.XDG_CACHE_HOME || join(home, '.cache')
  return join(base, 'elysia-dapr-shop')
}

/** The smallest cached binary that has the pinned version and every registration asked for. */
export async function findCached(
  cache: string,
  { binary, registrations, ways }: { binary: Binary; registrations: string[]; ways: string[] },
): Promise<CachedEntry | undefined> {
  const recipe = await recipeOf(binary)
  const fitting = (await listEntries(cache))
    .filter(entry => entry.binary === binary && entry.version === PARTS[binary].version)
    .filter(entry => entry.platform === platform && ways.includes(entry.source))
    .filter(entry => entry.source === 'release' || entry.recipe === recipe)
    .filter(entry => !entry.registrations || registrations.every(name => entry.registrations?.includes(name)))
    .sort((a, b) => a.sizeBytes - b.sizeBytes)
  for (const entry of fitting) {
    if (!(await Bun.file(entry.path).exists()) || Bun.file(entry.path).size !== entry.sizeBytes) continue
    const now = new Date()
    // the time of last use, which the sweep goes by; a cache that is read-only is still good to use
    await utimes(join(cache, 'entries', entryName(entry)), now, now).catch(() => {})
    return entry
  }
  return undefined
}

async function listEntries(cache: string): Promise<CachedEntry[]> {
  const directory = join(cache, 'entries')
  const names = await readdir(directory).catch(() => [])
  const entries = await Promise.all(
    names.map(async name => {
      const entry: Entry | undefined = await Bun.file(join(directory, name, 'entry.json'))
        .json()
        .catch(() => undefined)
      return entry ? [{ ...entry, path: join(directory, name, entry.binary) }] : []
    }),
  )
  return entries.flat()
}

/**
 * Takes a finished binary into the cache: its folder appears under its final name with everything in it, or not
 * at all.
 *
 * @param file a file on the cache's own disk; it is moved
 */
export async function store(cache: string, work: string, file: string, entry: Entry): Promise<CachedEntry> {
  const name = entryName(entry)
  const temporary = join(work, name)
  const final = join(cache, 'entries', name)
  await mkdir(temporary, { recursive: true })
  await rename(file, join(temporary, entry.binary))
  await Bun.write(join(temporary, 'entry.json'), `${JSON.stringify(entry, null, 2)}\n`)
  await mkdir(join(cache, 'entries'), { recursive: true })
  // only a damaged entry can be there: a good one would have been found and used
  await rm(final, { recursive: true, force: true })
  await rename(temporary, final)
  return { ...entry, path: join(final, entry.binary) }
}

function entryName({ binary, version, source, platform, recipe, registrations = [] }: Entry): string {
  const contents = recipe ? `-${Bun.hash([recipe, ...registrations].join()).toString(36)}` : ''
  return `${binary}-${version}-${platform}-${source}${contents}`
}

/**
 * Removes what a run left that was killed: its work folder and the compiler it started. Also what nobody used for
 * long. Only for the holder of the lock.
 */
export async function sweep(cache: string): Promise<void> {
  const work = join(cache, 'work')
  for (const name of await readdir(work).catch(() => [])) {
    await killGroupOf(join(work, name))
    await rm(join(work, name), { recursive: true, force: true })
  }
  const current = new Set(Object.values(PARTS).map(part => part.version))
  for (const name of await readdir(join(cache, 'downloads')).catch(() => [])) {
    if (![...current].some(version => name.includes(version)))
      await rm(join(cache, 'downloads', name), { force: true })
  }
  const oldest = Date.now() - unusedDays * 86_400_000
  for (const name of await readdir(join(cache, 'entries')).catch(() => [])) {
    const path = join(cache, 'entries', name)
    const { mtimeMs } = await Bun.file(path).stat()
    if (mtimeMs < oldest) await rm(path, { recursive: true, force: true })
  }
}
