import { defineCommand } from 'citty'
import { contractFindings } from '../check/contracts.ts'
import { formatFinding } from '../check/finding.ts'
import { type Comparison, comparePublished, publish } from '../contracts/compatibility/published.ts'
import { subjectsOf } from '../contracts/compatibility/snapshot.ts'
import { loadContracts } from '../contracts/contract.ts'
import { loadTopology } from '../topology/load.ts'

export default defineCommand({
  meta: {
    name: 'contracts',
    description:
      'Compare the contracts with what was last published; --publish makes them the published ones',
  },
  args: {
    service: { type: 'positional', description: 'Name of one service. Default: all', required: false },
    publish: {
      type: 'boolean',
      description: 'Write published.json, unless a change breaks those who rely on it',
    },
    breaking: {
      type: 'string',
      description: 'Publish breaking changes too, and keep this reason beside them',
      valueHint: 'REASON',
    },
  },
  async run({ args }) {
    process.exitCode = await contracts(args)
  },
})

interface Options {
  service?: string | undefined
  publish?: boolean | undefined
  breaking?: string | undefined
}

async function contracts(options: Options, root = process.cwd()): Promise<number> {
  const topology = await loadTopology(root)
  const all = subjectsOf(topology, await loadContracts(topology, root))
  const subjects = all.filter(({ service }) => !options.service || service === options.service)
  if (subjects.length === 0) {
    const names = all.map(({ service }) => service).join(', ')
    console.error(`${options.service ?? 'No service'} has no contract. Services that have one: ${names}.`)
    return 1
  }
  if (options.breaking !== undefined && (!options.publish || options.breaking.trim() === '')) {
    console.error(
      "--breaking goes with --publish and says why, as in --publish --breaking 'nobody reads it yet'.",
    )
    return 1
  }
  const comparisons = await comparePublished(subjects, root)
  for (const comparison of comparisons)
    console.log(`${comparison.subject.service.padEnd(12)} ${state(comparison)}`)
  const findings = comparisons.filter(({ breaking }) => breaking.length > 0).flatMap(contractFindings)
  for (const finding of findings) console.log(formatFinding(finding))
  if (findings.length > 0 && options.breaking === undefined) return 1
  if (!options.publish) return 0
  for (const comparison of comparisons.filter(({ differs }) => differs)) {
    await publish(comparison, root, options.breaking)
    console.log(`written      ${comparison.subject.publishedFile}`)
  }
  return 0
}

function state({ published, breaking, differs }: Comparison): string {
  if (!published) return 'has published nothing yet'
  if (breaking.length > 0) return `${breaking.length} breaking`
  return differs ? 'compatible changes' : 'as published'
}
