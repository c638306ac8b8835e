import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { cacheDirectory, type Environment, sweep } from './cache.ts'
import type { ComponentTypes } from './component-types.ts'
import { fatalCause, InstallError } from './errors.ts'
import { withLock } from './lock.ts'
import { type Run, takeBuilds, takeReleases } from './make.ts'
import { findPresent, type ObtainedBinary } from './present.ts'
import type { Binary } from './versions.ts'
import { waysAllowed, waysOut } from './ways.ts'

export type { ObtainedBinary } from './present.ts'
export type { Binary } from './versions.ts'

export interface Obtained<Wanted extends Binary = Binary> {
  /** Absolute paths of executables. */
  paths: Record<Wanted, string>
  binaries: Record<Wanted, ObtainedBinary>
}

export interface ObtainOptions {
  components: ComponentTypes
  /** Gets a line for every `step`, and up to ten a second in between (`progress`), for a spinner. */
  report: (line: string, kind: 'step' | 'progress') => void
  /** Gets what is not there yet, before any of it is obtained; not called when everything is there. */
  onMissing?: (missing: Binary[]) => Promise<void> | void
  /** Default: the process's own. PATH, HOME, SHOP_CACHE_DIR, SHOP_RELEASE_URL, SHOP_DAPR_SOURCE, Go's and pip's. */
  env?: Environment
  signal?: AbortSignal
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
  { components, report, onMissing, env = process.env, signal }: ObtainOptions,
): Promise<Obtained<Wanted>> {
  signal?.throwIfAborted()
  const cache = resolve(cacheDirectory(env))
  const { registrations } = components
  const run: Run = { env, cache, registrations, ways: waysAllowed(env), report, signal, failures: [] }
  const found = new Map<Binary, ObtainedBinary>()
  await takePresent(wanted, found, run)
  const absent = [...new Set(wanted)].filter(binary => !found.has(binary))
  if (absent.length > 0) {
    await onMissing?.(absent)
    const waiting = () => report(`waiting for another run that is filling ${cache}`, 'step')
    try {
      await withLock(join(cache, 'lock'), { signal, waiting }, () => makeMissing(wanted, found, run))
    } catch (error) {
      signal?.throwIfAborted()
      throw fatalCause(error, cache) ?? error
    }
  }
  const missing = wanted.filter(binary => !found.has(binary))
  if (missing.length > 0) throw new InstallError(failureText(missing, run))
  const entries = [...found.values()]
  return {
    paths: Object.fromEntries(entries.map(entry => [entry.binary, entry.path])) as Record<Wanted, string>,
    binaries: Object.fromEntries(entries.map(entry => [entry.binary, entry])) as Record<
      Wanted,
      ObtainedBinary
    >,
  }
}

async function takePresent(
  wanted: readonly Binary[],
  found: Map<Binary, ObtainedBinary>,
  run: Run,
): Promise<void> {
  for (const binary of wanted) {
    if (found.has(binary)) continue
    const present = await findPresent(binary, run)
    if ('reasons' in present) run.failures.push(...present.reasons.map(reason => `installed: ${reason}`))
    else found.set(binary, present)
  }
}

/** Under the lock: what another run has obtained meanwhile, then releases, then builds. */
async function makeMissing(
  wanted: readonly Binary[],
  found: Map<Binary, ObtainedBinary>,
  run: Run,
): Promise<void> {
  await sweep(run.cache)
  await takePresent(wanted, found, run)
  const missing = () => wanted.filter(binary => !found.has(binary))
  const work = join(run.cache, 'work', crypto.randomUUID())
  await mkdir(work, { recursive: true })
  try {
    for (const [way, take] of [
      ['release', takeReleases],
      ['build', takeBuilds],
    ] as const) {
      if (!run.ways.includes(way) || missing().length === 0) continue
      for (const obtained of await take(missing(), work, run)) found.set(obtained.binary, obtained)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function failureText(missing: Binary[], { failures, env }: Run): string {
  const only = env.SHOP_DAPR_SOURCE
    ? ` (SHOP_DAPR_SOURCE allows only the way \`${env.SHOP_DAPR_SOURCE}\`)`
    : ''
  const tried = [...new Set(failures)].map(failure => `  - ${failure.replaceAll('\n', '\n    ')}`)
  return [`Cannot obtain ${missing.join(', ')}${only}. Tried:`, ...tried, waysOut].join('\n')
}
