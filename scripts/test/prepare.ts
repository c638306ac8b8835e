import { InstallError, messageOf } from '../../dapr/install/errors.ts'
import type { Binary } from '../../dapr/install/obtain.ts'
import { obtainPostgres, postgresFailure, postgresMissing } from '../../packages/local-postgres/src/index.ts'
import { obtainForTests } from '../../tests/conformance/binaries.ts'
import { noRedis, obtainRedis, redisFailure } from '../../tests/conformance/redis.ts'
import { readWorkspaces } from '../check/workspaces.ts'

const progressEveryMs = 10_000

/** Obtains what the tests under tests/ run on, so that none of them waits for a build. */
export async function prepareDapr(binaries: readonly Binary[], signal: AbortSignal): Promise<void> {
  let last = performance.now()
  const { binaries: obtained } = await obtainForTests(binaries, {
    signal,
    report: (line, kind) => {
      if (kind === 'progress' && performance.now() - last < progressEveryMs) return
      last = performance.now()
      console.log(`  ${line}`)
    },
  })
  for (const { binary, version, source } of Object.values(obtained))
    console.log(`  ${binary} ${version} (${source})`)
}

/**
 * Obtains Redis where that is possible, and returns what the tests have to be told in their environment. Only the tests
 * that need Redis fail for want of it, and none of them tries to fetch it again.
 */
export async function prepareRedis(signal: AbortSignal): Promise<Record<string, string>> {
  if (noRedis !== undefined) {
    console.log(`  its tests are skipped: ${noRedis}`)
    return {}
  }
  try {
    const { path } = await obtainRedis({ report: line => console.log(`  ${line}`), signal })
    console.log(`  ${path}`)
    return {}
  } catch (error) {
    signal.throwIfAborted()
    // without the ways out, which the starter adds
    const { cause = error } = Object(error) as Error
    const reason = [...new Set(messageOf(cause).split('\n'))].join(' ')
    console.log(`  its tests fail: ${reason}`)
    return { [redisFailure]: reason }
  }
}

/** Whether a file is of a workspace whose tests have a PostgreSQL, or of the benchmarks. */
export async function needsPostgres(files: readonly string[], root = process.cwd()): Promise<boolean> {
  const members = (await readWorkspaces(root)).filter(({ kind }) => kind !== 'root')
  const users = members.filter(
    ({ name, manifest }) => name === testPostgres || manifest.devDependencies?.[testPostgres] !== undefined,
  )
  const folders = ['benchmarks', ...users.map(({ dir }) => dir)]
  return files.some(file => folders.some(folder => file.startsWith(`${folder}/`)))
}

const testPostgres = '@shop/local-postgres'

/**
 * Obtains PostgreSQL, and returns what the tests have to be told in their environment. Where that fails, the tests that
 * need it are skipped, or fail in CI, and none of them tries to fetch it again.
 */
export async function preparePostgres(signal: AbortSignal): Promise<Record<string, string>> {
  if (postgresMissing !== undefined) {
    console.log(`  its tests are skipped: ${postgresMissing}`)
    return {}
  }
  try {
    console.log(`  ${await obtainPostgres({ report: line => console.log(`  ${line}`), signal })}`)
    return {}
  } catch (error) {
    signal.throwIfAborted()
    // It ends the names of tests, in brackets.
    const reason = messageOf(error).replaceAll(/[()]/g, '').replaceAll('\n', ' ')
    console.log(`  its tests ${process.env.CI ? 'fail' : 'are skipped'}: ${reason}`)
    return { [postgresFailure]: reason }
  }
}

/** What a person can mend as it is, anything else with its stack. */
export function inWords(error: unknown): string {
  return error instanceof InstallError ? error.message : Bun.inspect(error)
}
