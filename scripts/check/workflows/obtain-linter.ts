import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory, type Environment, platform } from '../../../dapr/install/cache.ts'
import { messageOf } from '../../../dapr/install/errors.ts'
import { withLock } from '../../../dapr/install/lock.ts'
import { run } from '../../../dapr/install/process.ts'
import { findGo, findPip } from '../../../dapr/install/toolchain.ts'

export type LinterName = 'actionlint' | 'zizmor'

/** Where it is, or why it cannot be had here, in one line. */
export type Linter = { path: string } | { lack: string }

const limitMs = 120_000

/** Their locks, beside this file: what is in the cache belongs to their very text. */
const locks: Record<LinterName, string[]> = {
  actionlint: ['go.mod', 'go.sum'],
  zizmor: ['requirements.txt'],
}

/**
 * A linter of the pinned version from the user's cache; the first time it is built with Go (actionlint, about fifteen
 * seconds), or fetched with pip (zizmor, a second or two). Two minutes at most.
 */
export async function obtainLinter(name: LinterName, env: Environment = process.env): Promise<Linter> {
  const folder = join(import.meta.dir, name)
  const texts = await Promise.all(locks[name].map(file => Bun.file(join(folder, file)).text()))
  const cache = cacheDirectory(env)
  const place = join(cache, 'linters', `${name}-${platform}-${Bun.hash(texts.join('\n')).toString(36)}`)
  const path = join(place, name)
  if (await Bun.file(path).exists()) return { path }
  const signal = AbortSignal.timeout(limitMs)
  try {
    await withLock(join(cache, `linters/${name}.lock`), { signal, waiting: () => {} }, async () => {
      if (await Bun.file(path).exists()) return
      const work = await mkdtemp(join(cache, 'linters/work-'))
      try {
        await cp(folder, join(work, 'lock'), { recursive: true })
        const made = await makers[name]({
          work,
          cache,
          env: { ...env, GOTMPDIR: work, TMPDIR: work },
          signal,
        })
        await runIn(work, [made, name === 'zizmor' ? '--version' : '-version'], env, signal)
        await mkdir(place, { recursive: true })
        await rename(made, path)
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    })
    return { path }
  } catch (error) {
    return { lack: messageOf(error).trim().split('\n').at(-1) ?? '' }
  }
}

interface Making {
  work: string
  cache: string
  env: Environment
  signal: AbortSignal
}

/** Each leaves its program in the work folder and returns where. */
const makers: Record<LinterName, (making: Making) => Promise<string>> = {
  async actionlint({ work, cache, env, signal }) {
    const go = await findGo(env, cache, signal)
    if ('reasons' in go) throw new Error(go.reasons.join('; '))
    const made = join(work, 'actionlint')
    const build = [go.path, 'build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', made]
    const settings = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=readonly' }
    const { GOOS: _os, GOARCH: _arch, ...rest } = env
    await runIn(
      join(work, 'lock'),
      [...build, 'github.com/rhysd/actionlint/cmd/actionlint'],
      { ...rest, ...settings },
      signal,
    )
    return made
  },
  async zizmor({ work, env, signal }) {
    const pip = findPip(env)
    if (pip === undefined) throw new Error('no pip on the PATH')
    const install = ['install', '--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '10']
    const exactly = [
      '--no-deps',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '--target',
      join(work, 'wheel'),
    ]
    await runIn(work, [...pip, ...install, ...exactly, '--requirement', 'lock/requirements.txt'], env, signal)
    return join(work, 'wheel/bin/zizmor')
  },
}

async function runIn(cwd: string, command: string[], env: Environment, signal: AbortSignal): Promise<void> {
  const { code, errors } = await run(command, { cwd, env, work: cwd, signal })
  if (code === 0) return
  const why = errors.filter(line => line.trim() !== '').at(-1)
  throw new Error(why ?? `${command[0]} ended with ${code}`)
}
