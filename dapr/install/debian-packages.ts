import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, utimes } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { cacheDirectory, type Environment } from './cache.ts'
import { InstallError } from './errors.ts'
import { withLock } from './lock.ts'
import { run } from './process.ts'

/** Packages unpacked into a folder of their own. */
export interface DebianPackages {
  /** What they would have put below `/`. */
  root: string
  /** What their programs need to find their libraries. */
  env: { LD_LIBRARY_PATH: string }
}

export interface DebianPackagesOptions {
  report: (line: string) => void
  /** @default the process's own. PATH, HOME and SHOP_CACHE_DIR */
  env?: Environment
  signal?: AbortSignal | undefined
}

/** Whether `obtainDebianPackages` can work here. */
export function hasApt(env: Environment = process.env): boolean {
  const PATH = env.PATH ?? ''
  return Bun.which('apt-get', { PATH }) !== null && Bun.which('dpkg-deb', { PATH }) !== null
}

/**
 * Fetches packages of this Debian (or Ubuntu), and what they depend on as far as the system lacks it, and unpacks
 * them into the project's cache. Needs no root and changes nothing of the system: apt gets folders of its own. Kept for as
 * long as the system's own packages stay as they are.
 *
 * @throws InstallError with apt's last words; the signal's reason when aborted
 */
export async function obtainDebianPackages(
  names: readonly string[],
  { report, env = process.env, signal }: DebianPackagesOptions,
): Promise<DebianPackages> {
  const cache = resolve(cacheDirectory(env))
  const root = await folderOf(names, env)
  const waiting = () => report(`waiting for another run that is filling ${cache}`)
  const found = async () => ({ root, env: { LD_LIBRARY_PATH: (await libraryFolders(root)).join(':') } })
  if (await markUsed(root)) return await found()
  await withLock(join(cache, 'lock'), { signal, waiting }, async () => {
    if (await markUsed(root)) return
    const work = join(cache, 'work', crypto.randomUUID())
    try {
      await unpack(names, join(work, 'root'), { report, env, signal, work })
      await mkdir(join(cache, 'entries'), { recursive: true })
      // The archive gives its folder the time of the package.
      await markUsed(join(work, 'root'))
      await rename(join(work, 'root'), root)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  })
  return await found()
}

/** Whether the packages are in the cache already. */
export async function hasDebianPackages(
  names: readonly string[],
  env: Environment = process.env,
): Promise<boolean> {
  return hasApt(env) && existsSync(await folderOf(names, env))
}

async function folderOf(names: readonly string[], env: Environment): Promise<string> {
  const status = await Bun.file('/var/lib/dpkg/status').bytes()
  const name = `debian-${names.join('+')}-${Bun.hash(status).toString(36)}`
  return join(resolve(cacheDirectory(env)), 'entries', name)
}

/** Sets the time of the last use, which the sweep of the cache goes by; false when there is nothing. */
async function markUsed(folder: string): Promise<boolean> {
  const now = new Date()
  return await utimes(folder, now, now).then(
    () => true,
    () => false,
  )
}

/** `lib/x86_64-linux-gnu` and its like. */
async function libraryFolders(root: string): Promise<string[]> {
  const parents = ['lib', 'usr/lib'].map(folder => join(root, folder))
  const found = parents.map(async parent => {
    const names = await readdir(parent).catch(() => [])
    return names.filter(name => name.includes('-linux-')).map(name => join(parent, name))
  })
  return (await Promise.all(found)).flat()
}

interface Unpacking {
  report: (line: string) => void
  env: Environment
  signal: AbortSignal | undefined
  work: string
}

async function unpack(names: readonly string[], root: string, unpacking: Unpacking): Promise<void> {
  const { report, work } = unpacking
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'log', 'root'])
    await mkdir(join(work, folder), { recursive: true })
  const options = [
    ...['Dir::State', 'Dir::Cache', 'Dir::Log'].map(name => `${name}=${join(work, optionFolder(name))}`),
    `Dir::State::lists=${join(work, 'state/lists')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    // The locks are root's, and guard what is not touched here.
    'Debug::NoLocking=1',
    // As root, apt would fetch as a user who may not write into the cache.
    'APT::Sandbox::User=root',
    'Acquire::Retries=3',
  ].flatMap(option => ['-o', option])
  report(`fetching ${names.join(', ')} of Debian`)
  // One source that cannot be reached, perhaps of other things, fails the update, and not what follows.
  const update = await run(['apt-get', ...options, 'update'], { cwd: work, ...unpacking })
  const install = [...options, '--yes', '--no-install-recommends', '--download-only', 'install', ...names]
  const { code, errors } = await run(['apt-get', ...install], { cwd: work, ...unpacking })
  if (code !== 0) {
    const words = [...update.errors, ...errors].filter(line => /^[EW]:/.test(line)).slice(-8)
    throw new InstallError(
      `apt-get cannot fetch ${names.join(', ')}:\n${words.join('\n') || 'no reason given'}`,
    )
  }
  const archives = join(work, 'cache/archives')
  for (const file of (await readdir(archives)).filter(name => name.endsWith('.deb'))) {
    const unpacked = await run(['dpkg-deb', '-x', join(archives, file), root], { cwd: work, ...unpacking })
    if (unpacked.code !== 0)
      throw new InstallError(`dpkg-deb cannot unpack ${file}: ${unpacked.errors.join('\n')}`)
  }
}

/** `Dir::State` → `state` */
function optionFolder(option: string): string {
  return option.slice('Dir::'.length).toLowerCase()
}
