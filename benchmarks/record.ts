// Measures, writes it down and puts the table into its document: bun benchmarks/record.ts [library] [shop] [sidecar]
// It refuses where the machine is busy, but for: bun benchmarks/record.ts --busy
import { cpus, loadavg, platform } from 'node:os'
import { parseArgs } from 'node:util'
import sdk from '@dapr/dapr/package.json' with { type: 'json' }
import elysia from 'elysia/package.json' with { type: 'json' }
import { PINNED } from '../dapr/install/versions.ts'
import type { Result } from './lib/benchmark.ts'
import { loadWarning } from './lib/load-average.ts'
import { type Part, parts, type Recordings, resultsFile, tableOf, withTable } from './lib/results.ts'
import { findNode } from './lib/subject.ts'

const { values: options, positionals } = parseArgs({
  options: { busy: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const all = Object.keys(parts) as Part[]
const unknown = positionals.filter(name => !(name in parts))
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join()}, only ${all.join(', ')}`)
const warning = loadWarning()
if (warning && !options.busy) {
  console.error(`${warning} Wait until it is quiet, or record it all the same with --busy`)
  process.exit(1)
}
for (const part of all) {
  if (positionals.length === 0 || positionals.includes(part)) await record(part)
}

async function record(part: Part): Promise<void> {
  const { benchmarks, document } = parts[part]
  const setup = setUp()
  const names = benchmarks.map(({ name }) => name)
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'bench', ...names, '--json'], {
    cwd: `${import.meta.dir}/..`,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = (await child.stdout.text()).split('\n').filter(line => line !== '')
  const results = lines.map(line => JSON.parse(line) as Result)
  if (results.length < benchmarks.length)
    throw new Error('not all could be measured: nothing is written down')

  const recordings: Recordings = await Bun.file(resultsFile).json()
  recordings[part] = { setup, results }
  await Bun.write(resultsFile, `${JSON.stringify(recordings, null, 2)}\n`)
  const text = withTable(await Bun.file(document).text(), tableOf(benchmarks, recordings[part]))
  if (text === undefined) throw new Error(`${document} has no marks to put the table between`)
  await Bun.write(document, text)
}

function setUp(): string {
  const cores = cpus()
  const node = Bun.spawnSync([findNode() ?? 'node', '--version'])
    .stdout.toString()
    .trim()
    .slice(1)
  const versions = `elysia ${elysia.version}, @dapr/dapr ${sdk.version}, daprd ${PINNED.dapr}, Bun ${Bun.version}, Node ${node}`
  const machine = `${platform()} on ${cores.length} cores of ${cores[0]?.model}, load average ${loadavg()[0]?.toFixed(1)} before`
  return `${versions}; ${machine}; ${new Date().toISOString().slice(0, 10)}`
}
