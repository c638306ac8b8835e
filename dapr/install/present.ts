import { type CachedEntry, type Environment, findCached } from './cache.ts'
import { findInstalled } from './installed.ts'
import type { Binary } from './versions.ts'
import type { Way } from './ways.ts'

export interface ObtainedBinary {
  binary: Binary
  path: string
  version: string
  source: Way
  /** True for a release or build of an earlier run. */
  cached: boolean
  sizeBytes: number
  /** Of a build: the seconds that the whole `go build` took. */
  buildSeconds?: number
}

/** A binary that is there without any download or build, or the reasons why none is. */
export async function findPresent(
  binary: Binary,
  {
    env,
    cache,
    registrations,
    ways,
  }: { env: Environment; cache: string; registrations: string[]; ways: Way[] },
): Promise<ObtainedBinary | { reasons: string[] }> {
  let reasons: string[] = []
  if (ways.includes('installed')) {
    const installed = await findInstalled(binary, env)
    if (!('reasons' in installed)) return { binary, ...installed, source: 'installed', cached: false }
    reasons = installed.reasons
  }
  const entry = await findCached(cache, { binary, registrations, ways })
  return entry ? fromEntry(entry, true) : { reasons }
}

export function fromEntry(entry: CachedEntry, cached: boolean): ObtainedBinary {
  const { binary, path, version, source, sizeBytes, buildSeconds } = entry
  const built = buildSeconds === undefined ? {} : { buildSeconds }
  return { binary, path, version, source, cached, sizeBytes, ...built }
}
