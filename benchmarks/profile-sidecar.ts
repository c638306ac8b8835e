// Profiles both ends of calls, events and state, then of calls alone, and writes the profile that daprd is built with:
// bun benchmarks/profile-sidecar.ts [SECONDS]
// For each new version of Dapr, on a quiet machine that has Go.
import { join, resolve } from 'node:path'
import { temporaryFolder } from 'elysia-dapr/testing'
import { freePorts } from '../packages/elysia-dapr/src/testing/ports.ts'
import { obtainBroker, obtainTailored } from './lib/sidecar-kinds.ts'
import { startSidecarPair } from './lib/sidecar-pair.ts'

const seconds = Number(process.argv[2] ?? 60)
const written = resolve(import.meta.dir, '../dapr/install/runtime/daprd.pgo')
const { signal } = new AbortController()

await using round = new AsyncDisposableStack()
const folder = round.use(await temporaryFolder())
const apps = ['caller', 'callee']
const ports = new Map((await freePorts(apps.length)).map((port, index) => [apps[index] ?? '', port]))
const kind = await obtainTailored(signal)
const pair = await startSidecarPair(kind, {
  broker: await obtainBroker(signal),
  argsOf: app => ['--enable-profiling', '--profile-port', `${ports.get(app)}`],
  signal,
  round,
})
await pair.use(1)

async function profile(load: 'use' | 'invoke'): Promise<string[]> {
  const taking = [...ports].map(async ([app, port]) => {
    const answer = await fetch(`http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}`)
    const file = join(folder.path, `${app}-${load}.pprof`)
    await Bun.write(file, answer)
    return file
  })
  const [, ...files] = await Promise.all([pair[load](seconds + 1), ...taking])
  return files
}

const files = [...(await profile('use')), ...(await profile('invoke'))]
const merging = Bun.spawn(['go', 'tool', 'pprof', '-proto', ...files], {
  stdio: ['ignore', 'pipe', 'ignore'],
})
const merged = await merging.stdout.bytes()
if ((await merging.exited) !== 0) throw new Error('go tool pprof could not merge the profiles')
// the path of daprd on this machine is nobody's business; as long as before, since the format has lengths
const text = Buffer.from(Bun.gunzipSync(merged)).toString('latin1')
const neutral = text.replaceAll(kind.binary, 'daprd'.padEnd(kind.binary.length, '-'))
await Bun.write(written, Bun.gzipSync(Buffer.from(neutral, 'latin1'), { level: 9 }))
