// Measures all, writes it down and puts it into the README: bun benchmarks/record.ts
// With names, measures these again and leaves the others: bun benchmarks/record.ts overhead publish
import { cpus, loadavg, platform } from 'node:os'
import { benchmarks } from './all.ts'
import type { Result } from './lib/benchmark.ts'
import { chooseBenchmarks } from './lib/choose.ts'
import { type Recording, readmeFile, resultsFile, tableOf, withTable } from './lib/results.ts'
import { findNode } from './lib/subject.ts'

const load = loadavg()[0]?.toFixed(1)
const names = process.argv.slice(2)
const chosen = chooseBenchmarks(benchmarks, names).map(({ name }) => name)
const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'bench', ...chosen, '--json'], {
  cwd: `${import.meta.dir}/..`,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = (await child.stdout.text()).split('\n').filter(line => line !== '')
const measured = lines.map(line => JSON.parse(line) as Result)
if (measured.length < chosen.length) throw new Error('not all could be measured: nothing is written down')

const before: Recording | undefined = names.length > 0 ? await Bun.file(resultsFile).json() : undefined
const results = benchmarks.flatMap(({ name }) => {
  const isOfThis = (result: Result) => result.name === name
  return measured.find(isOfThis) ?? before?.results.find(isOfThis) ?? []
})
const recording: Recording = { machine: machine(), results }
await Bun.write(resultsFile, `${JSON.stringify(recording, null, 2)}\n`)
const readme = withTable(await Bun.file(readmeFile).text(), tableOf(benchmarks, recording))
if (readme === undefined) throw new Error(`${readmeFile} has no marks to put the table between`)
await Bun.write(readmeFile, readme)

function machine(): string {
  const cores = cpus()
  const node = Bun.spawnSync([findNode() ?? 'node', '--version'])
    .stdout.toString()
    .trim()
    .slice(1)
  return `Bun ${Bun.version}, Node ${node}, ${platform()} on ${cores.length} cores of ${cores[0]?.model}, load average ${load} before`
}
