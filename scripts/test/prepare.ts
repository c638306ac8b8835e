import { readComponentTypes } from '../../dapr/install/component-types.ts'
import { type Binary, obtain } from '../../dapr/install/obtain.ts'

const progressEveryMs = 10_000

/** Obtains what the tests of the whole shop run on, so that no test waits for a build. */
export async function prepareDapr(binaries: readonly Binary[], signal: AbortSignal): Promise<void> {
  const root = process.cwd()
  let last = performance.now()
  const { binaries: obtained } = await obtain(binaries, {
    components: await readComponentTypes(root),
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
