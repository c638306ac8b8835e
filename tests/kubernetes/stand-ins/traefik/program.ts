import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory, type Environment } from '../../../../dapr/install/cache.ts'
import { InstallError } from '../../../../dapr/install/errors.ts'
import { withLock } from '../../../../dapr/install/lock.ts'
import { run } from '../../../../dapr/install/process.ts'
import { findGo } from '../../../../dapr/install/toolchain.ts'
import { authentication, changes, checksum, files, version, writeSource } from './source.ts'

const module = 'github.com/traefik/traefik/v3'
const ldflags = `-s -w -X ${module}/pkg/version.Version=${version.slice(1)}`
const recipe = Bun.hash(JSON.stringify([checksum, authentication, changes, files, ldflags])).toString(36)

/** Where the program is kept, for Linux on the processor of this machine. It is there once it has been built. */
export function traefikPath(env: Environment = process.env): string {
  return join(cacheDirectory(env), 'images', `traefik-${version}-linux-${process.arch}-${recipe}`, 'traefik')
}

export interface TraefikOptions {
  /** Gets a line for each step. */
  report: (line: string) => void
  signal?: AbortSignal
  /** PATH, HOME, SHOP_CACHE_DIR, and what is Go's. Default: the process's own. */
  env?: Environment
}

/**
 * Traefik from its Go module, a program that needs no library, for where its image cannot be pulled. The first time it is
 * built, which takes two processors a quarter of an hour; then it is in the user's cache.
 *
 * @throws InstallError with what Go says; the signal's reason when aborted
 */
export async function obtainTraefik({ report, signal, env = process.env }: TraefikOptions): Promise<string> {
  const path = traefikPath(env)
  if (await Bun.file(path).exists()) return path
  const images = join(cacheDirectory(env), 'images')
  await mkdir(images, { recursive: true })
  const waiting = () => report('waiting for another run that builds Traefik')
  await withLock(join(images, 'traefik.lock'), { signal, waiting }, async () => {
    if (await Bun.file(path).exists()) return
    const work = join(images, 'work')
    // of a build that was killed
    await rm(work, { recursive: true, force: true })
    await mkdir(work)
    try {
      const built = await build(work, { report, signal, env })
      await mkdir(join(path, '..'), { recursive: true })
      await rename(built, path)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  })
  return path
}

type Building = Omit<Required<TraefikOptions>, 'signal'> & { signal: AbortSignal | undefined }

async function build(work: string, { report, signal, env }: Building): Promise<string> {
  const go = await findGo(env, cacheDirectory(env), signal)
  if ('reasons' in go) throw new InstallError(`Traefik cannot be built: ${go.reasons.join('; ')}`)
  const { GOARCH: _arch, ...rest } = env
  const settings = {
    ...rest,
    CGO_ENABLED: '0',
    GOOS: 'linux',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly',
    // everything has its checksum here or in the module
    GOSUMDB: 'off',
    GOTMPDIR: work,
    TMPDIR: work,
  }
  const tool = async (cwd: string, ...args: string[]) => {
    const nice = Bun.which('nice') === null ? [] : ['nice', '-n', '10']
    const { code, output, errors } = await run([...nice, go.path, ...args], {
      cwd,
      env: settings,
      work,
      signal,
    })
    if (code === 0) return output
    throw new InstallError(
      `go ${args[0]} failed for Traefik:\n${(errors.length > 0 ? errors : [output]).slice(-12).join('\n')}`,
    )
  }
  report(`fetching the source of Traefik ${version}`)
  const fetched: { Dir: string; Sum: string } = JSON.parse(
    await tool(work, 'mod', 'download', '-json', `${module}@${version}`),
  )
  if (fetched.Sum !== checksum)
    throw new InstallError(
      `The module of Traefik ${version} has the checksum ${fetched.Sum}, not ${checksum}.`,
    )
  const folder = join(work, 'source')
  await writeSource(fetched.Dir, folder)
  await tool(
    folder,
    'mod',
    'edit',
    `-dropreplace=${authentication.module}`,
    `-require=${authentication.module}@${authentication.version}`,
  )
  report(`building Traefik ${version} with Go ${go.version}, once: a quarter of an hour on two processors`)
  const started = performance.now()
  const built = join(work, 'traefik')
  await tool(
    folder,
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    ldflags,
    '-o',
    built,
    './cmd/traefik',
  )
  const minutes = (performance.now() - started) / 60_000
  report(
    `built Traefik ${version} in ${minutes.toFixed(1)} minutes, ${Math.round(Bun.file(built).size / 1e6)} MB`,
  )
  return built
}

if (import.meta.main) await obtainTraefik({ report: console.error })
