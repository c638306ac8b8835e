import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Environment } from './cache.ts'
import { type Binary, PARTS } from './versions.ts'

export interface Installed {
  path: string
  version: string
  sizeBytes: number
}

/**
 * Finds an installed binary whose version fits: on the PATH, or where `dapr init` puts it.
 *
 * placement, scheduler and sentry cannot tell their version and have everyday names, so they count only beside a
 * daprd that fits: `dapr init --slim` installs them together.
 *
 * @returns the binary, or the reasons why none was taken
 */
export async function findInstalled(
  binary: Binary,
  env: Environment,
): Promise<Installed | { reasons: string[] }> {
  const reasons: string[] = []
  const asks: Binary = ['placement', 'scheduler', 'sentry'].includes(binary) ? 'daprd' : binary
  for (const path of candidates(asks, env)) {
    const version = await versionOf(path, env)
    if (version === undefined) reasons.push(`${path} does not tell its version`)
    else if (!Bun.semver.satisfies(version, PARTS[asks].fits)) {
      reasons.push(`${path} is ${version}, needed is ${PARTS[asks].fits}`)
    } else {
      const file = Bun.file(join(dirname(path), binary))
      if (await file.exists()) return { path: join(dirname(path), binary), version, sizeBytes: file.size }
      reasons.push(`${binary} is not beside ${path}`)
    }
  }
  if (reasons.length === 0) reasons.push(`no ${asks} on the PATH or under ~/.dapr/bin`)
  return { reasons }
}

function candidates(binary: Binary, env: Environment): string[] {
  const home = env.HOME ?? homedir()
  const paths = [
    Bun.which(binary, { PATH: env.PATH ?? '' }),
    Bun.which(binary, { PATH: join(home, '.dapr/bin') }),
  ]
  return [...new Set(paths.filter(path => path !== null))]
}

/** What `--version` prints, reduced to the number: daprd `1.18.2`, nats-server `v2.15.2`, dapr `CLI version: 1.16.5`. */
async function versionOf(path: string, env: Environment): Promise<string | undefined> {
  try {
    const child = Bun.spawn([path, '--version'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
      killSignal: 'SIGKILL',
    })
    const output = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) return undefined
    // the CLI's second line is the version of the runtime
    return /\bv?(\d+\.\d+\.\d+[-+.\w]*)/.exec(output.trim().split('\n')[0] ?? '')?.[1]
  } catch {
    return undefined
  }
}
