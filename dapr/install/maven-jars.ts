import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { cacheDirectory, type Environment } from './cache.ts'
import { download } from './download.ts'
import { InstallError } from './errors.ts'
import { withLock } from './lock.ts'
import { mavenRepository } from './maven-repository.ts'

export interface MavenJars {
  /** Begins the name of their folder in the cache: `kafka-3.9.1`. */
  name: string
  /** One a line, as `sha256sum` writes it: the SHA-256 and the path in the repository. `#` begins a comment. */
  lock: string
}

export interface MavenJarsOptions {
  report: (line: string) => void
  /** @default the process's own. HOME, SHOP_CACHE_DIR and SHOP_MAVEN_URL */
  env?: Environment
  signal?: AbortSignal | undefined
}

interface Jar {
  path: string
  sha256: string
}

/**
 * Fetches exactly the listed jars into a folder of the project's cache, each one checked. Needs no Maven.
 *
 * @returns the folder
 * @throws InstallError when one cannot be had or is another; the signal's reason when aborted
 */
export async function obtainMavenJars(
  { name, lock }: MavenJars,
  { report, env = process.env, signal }: MavenJarsOptions,
): Promise<string> {
  const jars = readLock(lock)
  const cache = resolve(cacheDirectory(env))
  const folder = folderOf({ name, lock }, cache)
  const waiting = () => report(`waiting for another run that is filling ${cache}`)
  await withLock(join(cache, 'lock'), { signal, waiting }, async () => {
    if (await markUsed(folder)) return
    const work = join(cache, 'work', crypto.randomUUID())
    try {
      await mkdir(work, { recursive: true })
      await fetchAll(jars, work, { name, repository: await mavenRepository(env), report, signal })
      await mkdir(join(cache, 'entries'), { recursive: true })
      await rename(work, folder)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  })
  return folder
}

/** Whether they are in the cache already. */
export async function hasMavenJars(jars: MavenJars, env: Environment = process.env): Promise<boolean> {
  return await stat(folderOf(jars, resolve(cacheDirectory(env)))).then(
    () => true,
    () => false,
  )
}

function folderOf({ name, lock }: MavenJars, cache: string): string {
  return join(cache, 'entries', `${name}-${Bun.hash(lock).toString(36)}`)
}

interface Fetching {
  name: string
  repository: string
  report: (line: string) => void
  signal: AbortSignal | undefined
}

const connections = 4

async function fetchAll(jars: Jar[], folder: string, fetching: Fetching): Promise<void> {
  const { name, repository, report, signal } = fetching
  const waiting = [...jars]
  const failure = new AbortController()
  const either = AbortSignal.any([failure.signal, ...(signal ? [signal] : [])])
  let done = 0
  const fetchSome = async () => {
    for (let jar = waiting.shift(); jar !== undefined && !either.aborted; jar = waiting.shift()) {
      const options = { sha256: jar.sha256, signal: either, progress: () => {} }
      await download(`${repository}/${jar.path}`, join(folder, basename(jar.path)), options)
      report(`fetching ${name}: ${++done} of ${jars.length} files`)
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, () => fetchSome()))
  } catch (error) {
    failure.abort(error)
    throw error
  }
  signal?.throwIfAborted()
}

function readLock(lock: string): Jar[] {
  const lines = lock.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#'))
  return lines.map(line => {
    const [, sha256, path] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? []
    if (sha256 === undefined || path === undefined) throw new InstallError(`no SHA-256 and path: ${line}`)
    return { sha256, path }
  })
}

/** Sets the time of the last use, which the sweep of the cache goes by; false when there is nothing. */
async function markUsed(folder: string): Promise<boolean> {
  const now = new Date()
  return await utimes(folder, now, now).then(
    () => true,
    () => false,
  )
}
