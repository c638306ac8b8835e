// Measures all, writes it down and puts it into the README: bun benchmarks/record.ts
// It refuses where the machine is busy, but for: bun benchmarks/record.ts --busy
import { cpus, loadavg, platform } from 'node:os'
import { parseArgs } from 'node:util'
import sdk from '@dapr/dapr/package.json' with { type: 'json' }
import elysia from 'elysia/package.json' with { type: 'json' }
import { PINNED } from '../dapr/install/versions.ts'
import { benchmarks } from './all.ts'
import type { Result } from './lib/benchmark.ts'
import { loadWarning } from './lib/load-average.ts'
import { type Recording, readmeFile, recordCommand, resultsFile, tableOf, withTable } from './lib/results.ts'
import { findNode } from './lib/subject.ts'

const { values: options } = parseArgs({ options: { busy: { type: 'boolean', default: false } } })
const warning = loadWarning()
if (warning && !options.busy) {
  console.error(`${warning} Wait until it is quiet, or record it all the same: ${recordCommand} --busy`)
  process.exit(1)
}
const setup = setUp()
const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'bench', '--json'], {
  cwd: `${import.meta.dir}/..`,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = (await child.stdout.text()).split('\n').filter(line => line !== '')
const results = lines.map(line => JSON.parse(line) as Result)
if (results.length < benchmarks.length) throw new Error('not all could be measured: nothing is written down')

const recording: Recording = { setup, results }
await Bun.write(resultsFile, `${JSON.stringify(recording, null, 2)}\n`)
const readme = withTable(await Bun.file(readmeFile).text(), tableOf(benchmarks, recording))
if (readme === undefined) throw new Error(`${readmeFile} has no marks to put the table between`)
await Bun.write(readmeFile, readme)

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
