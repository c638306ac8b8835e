import type { Binary } from '../../dapr/install/obtain.ts'
import { obtainForTests } from '../../tests/conformance/binaries.ts'
import { noRedis, obtainRedis } from '../../tests/conformance/redis.ts'

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
  if (noRedis === undefined) await obtainRedis({ report: line => console.log(`  ${line}`), signal })
}
