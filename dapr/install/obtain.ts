import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from './build.ts'
import {
  type CachedEntry,
  cacheDirectory,
  type Environment,
  findCached,
  platform,
  store,
  sweep,
} from './cache.ts'
import type { ComponentTypes } from './component-types.ts'
import { MissingError } from './download.ts'
import { fatalCause, InstallError, messageOf } from './errors.ts'
import { findInstalled } from './installed.ts'
import { withLock } from './lock.ts'
import { fetchRelease } from './release.ts'
import { findGo, installGo } from './toolchain.ts'
import { type Binary, type GoModule, PARTS } from './versions.ts'
import { type Way, waysAllowed, waysOut } from './ways.ts'

export type { Binary } from './versions.ts'

export interface ObtainedBinary {
  binary: Binary
  path: string
  version: string
  source: Way
  /** True when it was there already, from an earlier run. */
  cached: boolean
  sizeBytes: number
  /** Of a build: the seconds that the whole `go build` took. */
  buildSeconds?: number
}

export interface Obtained<Wanted extends Binary = Binary> {
  paths: Record<Wanted, string>
  binaries: Record<Wanted, ObtainedBinary>
}

export interface ObtainOptions {
  components: ComponentTypes
  /** Gets a line for every step, and often in between (`progress`), for a spinner or plain output. */
  report: (line: string, kind: 'step' | 'progress') => void
  /** Default: the process's own. Read are PATH, HOME, SHOP_CACHE_DIR, SHOP_RELEASE_URL, SHOP_DAPR_SOURCE, … */
  env?: Environment
  signal?: AbortSignal
}

/** What is shared by the steps of one call. */
interface Run {
  env: Environment
  cache: string
  registrations: string[]
  report: ObtainOptions['report']
  signal: AbortSignal | undefined
  ways: Way[]
  /** Why each way did not give a binary, for the error when none does. */
  failures: string[]
}

/**
 * Finds or makes the wanted binaries, each by the first way that works: installed with a fitting version, the
 * project's cache, the official release with its checksum, a build of the pinned version from Go modules.
 *
 * Safe to run twice at once: the second waits and uses what the first obtained. What is broken off is taken up
 * again by the next call.
 *
 * @throws InstallError naming what was tried and the ways out; the signal's reason when aborted
 */
export async function obtain<Wanted extends Binary>(
  wanted: readonly Wanted[],
  { components, report, env = process.env, signal }: ObtainOptions,
): Promise<Obtained<Wanted>> {
  signal?.throwIfAborted()
  const cache = resolve(cacheDirectory(env))
  const { registrations } = components
  const run: Run = { env, cache, registrations, report, signal, ways: waysAllowed(env), failures: [] }
  const found = new Map<Binary, ObtainedBinary>()
  for (const binary of wanted) {
    const present = await findPresent(binary, run)
    if (present) found.set(binary, present)
  }
  if (wanted.some(binary => !found.has(binary))) {
    try {
      await withLock(
        join(cache, 'lock'),
        { signal, waiting: () => report(`waiting for another run that fills ${cache}`, 'step') },
        () =>
          makeMissing(
            wanted.filter(binary => !found.has(binary)),
            found,
            run,
          ),
      )
    } catch (error) {
      signal?.throwIfAborted()
      throw fatalCause(error, cache) ?? error
    }
  }
  const entries = wanted.map(binary => {
    const obtained = found.get(binary)
    if (!obtained)
      throw new InstallError(
        `Cannot obtain ${binary}.\n${run.failures.map(line => `  - ${line}`).join('\n')}\n${waysOut}`,
      )
    return obtained
  })
  return {
    paths: byBinary<Wanted, string>(entries, entry => entry.path),
    binaries: byBinary<Wanted, ObtainedBinary>(entries, entry => entry),
  }
}

async function findPresent(binary: Binary, run: Run): Promise<ObtainedBinary | undefined> {
  if (run.ways.includes('installed')) {
    const installed = await findInstalled(binary, run.env)
    if (!('reasons' in installed)) return { binary, ...installed, source: 'installed', cached: false }
    run.failures.push(...installed.reasons.map(reason => `installed: ${reason}`))
  }
  for (const source of ['build', 'release'] as const) {
    if (!run.ways.includes(source)) continue
    const entry = await findCached(run.cache, binary, run.registrations, source)
    if (entry) return fromEntry(entry, true)
  }
  return undefined
}

/** Under the lock: what another run has obtained meanwhile, then releases, then builds. */
async function makeMissing(missing: Binary[], found: Map<Binary, ObtainedBinary>, run: Run): Promise<void> {
  await sweep(run.cache)
  const work = join(run.cache, 'work', crypto.randomUUID())
  await mkdir(work, { recursive: true })
  try {
    for (const binary of missing) {
      const entry = await findCached(run.cache, binary, run.registrations)
      if (entry && run.ways.includes(entry.source)) found.set(binary, fromEntry(entry, true))
    }
    const left = () => missing.filter(binary => !found.has(binary))
    if (run.ways.includes('release')) await takeReleases(left(), found, work, run)
    if (run.ways.includes('build')) await takeBuilds(left(), found, work, run)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function takeReleases(
  missing: Binary[],
  found: Map<Binary, ObtainedBinary>,
  work: string,
  { env, cache, report, signal, failures }: Run,
): Promise<void> {
  for (const binary of missing) {
    const { version } = PARTS[binary]
    try {
      const progress = (line: string) => report(line, 'progress')
      const file = await fetchRelease(binary, {
        env,
        downloads: join(cache, 'downloads'),
        work,
        signal,
        progress,
      })
      const sizeBytes = Bun.file(file).size
      const entry = await store(cache, work, file, {
        binary,
        version,
        source: 'release',
        platform,
        sizeBytes,
      })
      found.set(binary, fromEntry(entry, false))
      report(`${binary} ${version}: official release, checksum verified, ${megabytes(sizeBytes)}`, 'step')
    } catch (error) {
      signal?.throwIfAborted()
      const fatal = fatalCause(error, cache)
      if (fatal) throw fatal
      failures.push(`release: ${messageOf(error)}`)
      report(`no official release of ${binary}: ${messageOf(error)}`, 'step')
      // a server that cannot be reached will not be reached for the next file
      if (!(error instanceof MissingError)) {
        if (messageOf(error).includes('cannot be reached')) return
      }
    }
  }
}

async function takeBuilds(
  missing: Binary[],
  found: Map<Binary, ObtainedBinary>,
  work: string,
  run: Run,
): Promise<void> {
  if (missing.length === 0) return
  const { env, cache, registrations, report, signal, failures } = run
  const progress = (line: string) => report(line, 'progress')
  let go = await findGo(env, cache, signal)
  if ('reasons' in go) {
    failures.push(...go.reasons.map(reason => `build: ${reason}`))
    progress('fetching a Go toolchain with pip')
    go = await installGo(env, { cache, work, signal })
  }
  if ('reasons' in go) {
    failures.push(...go.reasons.map(reason => `build: ${reason}`))
    return
  }
  for (const module of ['broker', 'runtime', 'cli'] as GoModule[]) {
    const binaries = missing.filter(binary => PARTS[binary].module === module)
    if (binaries.length === 0) continue
    report(`building ${binaries.join(', ')} with Go ${go.version}`, 'step')
    try {
      const { files, seconds } = await build(module, binaries, {
        go: go.path,
        env,
        work,
        signal,
        registrations,
        progress,
      })
      for (const [binary, file] of files) {
        const { version } = PARTS[binary]
        const sizeBytes = Bun.file(file).size
        const contents = binary === 'daprd' ? { registrations } : {}
        const entry = await store(cache, work, file, {
          binary,
          version,
          source: 'build',
          platform,
          ...contents,
          sizeBytes,
          buildSeconds: seconds,
        })
        found.set(binary, fromEntry(entry, false))
        report(`${binary} ${version}: built, ${megabytes(sizeBytes)}`, 'step')
      }
      report(`built ${binaries.join(', ')} in ${duration(seconds)}`, 'step')
    } catch (error) {
      signal?.throwIfAborted()
      const fatal = fatalCause(error, cache)
      if (fatal) throw fatal
      failures.push(`build: ${messageOf(error)}`)
    }
  }
}

function fromEntry(entry: CachedEntry, cached: boolean): ObtainedBinary {
  const { binary, path, version, source, sizeBytes, buildSeconds } = entry
  return {
    binary,
    path,
    version,
    source,
    cached,
    sizeBytes,
    ...(buildSeconds === undefined ? {} : { buildSeconds }),
  }
}

function byBinary<Wanted extends Binary, T>(
  entries: ObtainedBinary[],
  value: (entry: ObtainedBinary) => T,
): Record<Wanted, T> {
  return Object.fromEntries(entries.map(entry => [entry.binary, value(entry)])) as Record<Wanted, T>
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} minutes`
}
