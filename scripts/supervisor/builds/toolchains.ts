import { join } from 'node:path'
import type { Service } from '../../topology/load.ts'

export type Environment = Record<string, string | undefined>

export interface ToolchainOptions {
  /** The repository. */
  root: string
  /** @default process.env */
  env?: Environment
}

/** What a service's language is on this machine. */
export interface Toolchain {
  /** As people call it: Go, Python. */
  name: string
  /** E.g. 1.26.8; undefined when it is not there. */
  version: string | undefined
  /** Why the service cannot be built, and what to do about it; undefined when it can. */
  lack: string | undefined
}

/**
 * Whether a service can be built here: its toolchain is on the PATH, and new enough for what its own files ask for (the
 * `go` line of go.mod, `requires-python` of pyproject.toml). Undefined for one in TypeScript: Bun is always there.
 */
export async function toolchainOf(
  service: Pick<Service, 'language' | 'dir'>,
  { root, env = process.env }: ToolchainOptions,
): Promise<Toolchain | undefined> {
  if (service.language === 'typescript') return undefined
  const dir = join(root, service.dir)
  return service.language === 'go' ? await go(dir, env) : await python(dir, env)
}

async function go(dir: string, env: Environment): Promise<Toolchain> {
  const wanted = await goVersionOf(dir)
  // local: the version of this very toolchain, and no download of another one
  const output = await ask(['go', 'env', 'GOVERSION'], { ...env, GOTOOLCHAIN: 'local' })
  const version = output === undefined ? undefined : versionIn(output)
  const fits = version !== undefined && (wanted === undefined || Bun.semver.order(version, wanted) >= 0)
  return {
    name: 'Go',
    version,
    lack: fits
      ? undefined
      : `${found('Go', version)}${wanted ? `, needed is ${wanted} or newer` : ''} (https://go.dev/dl)`,
  }
}

async function python(dir: string, env: Environment): Promise<Toolchain> {
  const wanted = await pythonRangeOf(dir)
  const output = await ask(['python3', '-c', pythonQuestion], env)
  const [version, hasVenv] = output === undefined ? [] : [versionIn(output), output.includes('venv')]
  const fits = version !== undefined && (wanted === undefined || Bun.semver.satisfies(version, wanted))
  const toolchain = { name: 'Python', version }
  if (!fits) {
    const needed = wanted ? `, needed is ${wanted}` : ''
    return { ...toolchain, lack: `${found('Python 3', version)}${needed} (https://www.python.org/downloads)` }
  }
  return {
    ...toolchain,
    lack: hasVenv
      ? undefined
      : `Python ${version} has no venv (on Debian and Ubuntu: apt install python3-venv)`,
  }
}

// Debian has venv in Python's own package, and what venv needs in another one.
const pythonQuestion = `
import importlib.util, sys
print("%d.%d.%d" % sys.version_info[:3])
if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")): print("venv")
`

function found(name: string, version: string | undefined): string {
  return version === undefined ? `${name} is not found` : `${name} is ${version}`
}

/** The output of a program; undefined when it is not there or fails. */
async function ask([program = '', ...args]: string[], env: Environment): Promise<string | undefined> {
  const path = Bun.which(program, { PATH: env.PATH ?? '' })
  if (path === null) return undefined
  const child = Bun.spawn([path, ...args], {
    cwd: '/',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
  })
  const output = await new Response(child.stdout).text()
  return (await child.exited) === 0 ? output : undefined
}

/** The first version in the text, with all three numbers. */
function versionIn(text: string): string | undefined {
  const [, major, minor, patch = '0'] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return major === undefined ? undefined : `${major}.${minor}.${patch}`
}

async function goVersionOf(dir: string): Promise<string | undefined> {
  const line = /^go (\S+)/m.exec(await textOf(join(dir, 'go.mod')))?.[1]
  return line === undefined ? undefined : versionIn(line)
}

/** As semver writes it: PEP 440 has commas between conditions. */
async function pythonRangeOf(dir: string): Promise<string | undefined> {
  const text = await textOf(join(dir, 'pyproject.toml'))
  return /^requires-python\s*=\s*["']([^"']+)["']/m.exec(text)?.[1]?.replaceAll(/\s*,\s*/g, ' ')
}

async function textOf(path: string): Promise<string> {
  const file = Bun.file(path)
  return (await file.exists()) ? await file.text() : ''
}
