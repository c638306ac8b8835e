import { appendFile, copyFile, cp, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Environment } from './cache.ts'
import { copyDapr } from './dapr-source.ts'
import { InstallError } from './errors.ts'
import { run } from './process.ts'
import { type Binary, BUILDS, type GoModule, PARTS } from './versions.ts'

interface GoRun {
  go: string
  env: Environment
  /** A folder of this run alone; everything that is written outside of Go's own caches goes there. */
  work: string
  signal: AbortSignal | undefined
}

export interface BuildOptions extends GoRun {
  /** For daprd: the files of cmd/daprd/components to compile in. */
  registrations: string[]
  progress: (line: string) => void
}

/**
 * Builds binaries of one pinned Go module.
 *
 * go.mod and go.sum beside this file pin every dependency by checksum; Go's own caches keep what a broken-off
 * build has compiled.
 *
 * @returns where the binaries are, and the seconds it took
 * @throws InstallError with the compiler's last words
 */
export async function build(
  module: GoModule,
  binaries: Binary[],
  { registrations, progress, ...goRun }: BuildOptions,
): Promise<{ files: Map<Binary, string>; seconds: number }> {
  const started = performance.now()
  const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0)} s`
  const directory = await prepareModule(module, goRun.work)
  if (binaries.includes('daprd')) {
    progress(`fetching the source of Dapr ${PARTS.daprd.version}`)
    await writeDaprd(directory, await runtimeSource(goRun), registrations)
  }
  const output = join(goRun.work, 'out')
  const ldflags = ['-s', '-w', ...new Set(binaries.map(binary => PARTS[binary].ldflags))].join(' ').trim()
  const { folder, tags, profile } = BUILDS[module]
  const packages = binaries.map(binary => PARTS[binary].mainPackage)
  let compiled = 0
  const { code, errors } = await run(
    [
      goRun.go,
      'build',
      '-v',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      ldflags,
      ...(tags === undefined ? [] : ['-tags', tags]),
      // for all of the module: every package is compiled once, with the profile
      ...(profile === undefined ? [] : ['-pgo', join(import.meta.dir, folder, profile)]),
      '-o',
      `${output}/`,
      ...packages,
    ],
    {
      ...goRun,
      cwd: directory,
      env: goEnvironment(goRun),
      onLine: line => {
        if (line.startsWith('go: downloading ')) progress(`${line.slice('go: '.length)}, ${elapsed()}`)
        else if (/^[\w./~-]+$/.test(line))
          progress(`compiling ${line} (${++compiled} packages, ${elapsed()})`)
      },
    },
  )
  if (code !== 0) throw new InstallError(`go build failed (exit ${code}):\n${whatWentWrong(errors)}`)
  return {
    files: new Map(binaries.map(binary => [binary, join(output, executableName(PARTS[binary].mainPackage))])),
    seconds: Math.round((performance.now() - started) / 100) / 10,
  }
}

/** What `go build` calls an executable: the last part of the import path that is no major version. */
function executableName(mainPackage: string): string {
  return basename(mainPackage.replace(/\/v\d+$/, ''))
}

/**
 * The folder of a Go module's source in Go's module cache, in the version that the pinned runtime has; fetched when it
 * is not there yet.
 *
 * @param path the module's path. Default: the runtime itself
 */
export async function runtimeSource(goRun: GoRun, path = 'github.com/dapr/dapr'): Promise<string> {
  const directory = await prepareModule('runtime', goRun.work)
  const { code, output, errors } = await run([goRun.go, 'mod', 'download', '-json', path], {
    ...goRun,
    cwd: directory,
    env: goEnvironment(goRun),
  })
  const answer: { Dir?: string; Error?: string } = code === 0 || output ? JSON.parse(output) : {}
  if (!answer.Dir) throw new InstallError(`go mod download failed: ${answer.Error ?? whatWentWrong(errors)}`)
  return answer.Dir
}

/** Lays out one pinned module in the work folder. */
async function prepareModule(module: GoModule, work: string): Promise<string> {
  const directory = join(work, module)
  await mkdir(directory, { recursive: true })
  for (const file of ['go.mod', 'go.sum'])
    await copyFile(join(import.meta.dir, BUILDS[module].folder, file), join(directory, file))
  return directory
}

/**
 * daprd with the chosen components only, from a copy of Dapr's source that does not import them all. A registration of
 * our own takes the place of Dapr's of the same name; code of our own that is no component is in every daprd.
 */
async function writeDaprd(directory: string, source: string, registrations: string[]): Promise<void> {
  const own = (path: string) => join(import.meta.dir, 'runtime', path)
  await copyDapr(source, { to: join(directory, 'dapr'), own: own('dapr') })
  await appendFile(join(directory, 'go.mod'), '\nreplace github.com/dapr/dapr => ./dapr\n')
  await Bun.write(
    join(directory, 'daprd/main.go'),
    'package main\n\nimport "github.com/dapr/dapr/cmd/daprd/app"\n\nfunc main() { app.Run() }\n',
  )
  await cp(own('always'), join(directory, 'daprd'), { recursive: true })
  for (const name of registrations) {
    const ours = Bun.file(own(`registrations/${name}.go`))
    if (await ours.exists()) {
      await Bun.write(join(directory, 'daprd', `${name}.go`), ours)
      continue
    }
    const registration = await Bun.file(join(source, 'cmd/daprd/components', `${name}.go`)).text()
    await Bun.write(
      join(directory, 'daprd', `${name}.go`),
      registration.replace(/^\/\/go:build .*$/m, '').replace(/^package components$/m, 'package main'),
    )
  }
}

/** The person's Go settings (proxy, caches) with everything fixed that would change what is built. */
function goEnvironment({ env, work }: GoRun): Environment {
  const { GOOS: _os, GOARCH: _arch, ...rest } = env
  return {
    ...rest,
    CGO_ENABLED: '0',
    // the toolchain was chosen already, and another one may not be to be had
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    // every module must match the committed go.sum, so Go asks no checksum database (which lacks some of them)
    GOFLAGS: '-mod=readonly',
    GOTMPDIR: work,
    TMPDIR: work,
  }
}

function whatWentWrong(errors: string[]): string {
  const telling = errors.filter(line => line.trim() !== '' && !/^go: downloading |^[\w./~-]+$/.test(line))
  return telling.slice(-12).join('\n') || 'no reason given'
}
