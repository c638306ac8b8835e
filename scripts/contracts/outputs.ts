import type { Topology } from '../topology/load.ts'
import { TopologyError } from '../topology/problem.ts'
import { renderAsyncApi } from './asyncapi.ts'
import { renderCatalogue } from './catalogue.ts'
import { contractProblems } from './consistency.ts'
import { loadContracts } from './contract.ts'
import { topicUses } from './events.ts'
import { renderOpenApi } from './openapi/openapi.ts'
import { offersOf } from './operations.ts'
import { renderTopicSchema } from './topic-schema.ts'

/** Globs of the files that are rendered here: one that no contract asks for any more goes. */
export const generatedFromContracts = [
  'services/*/openapi.json',
  'services/*/contract/openapi.json',
  'services/*/contract/schemas/*.schema.json',
]

/**
 * What is rendered from the contracts: paths relative to `root`, each with its text.
 * @throws TopologyError where the contracts and the service.yaml files contradict each other
 */
export async function renderContracts(topology: Topology, root = process.cwd()): Promise<[string, string][]> {
  const contracts = await loadContracts(topology, root)
  if (contracts.length === 0) return []
  const problems = contractProblems(contracts, topology)
  if (problems.length > 0) throw new TopologyError(problems)
  const topics = topicUses(contracts, topology)
  const outputs: [string, string][] = [
    ['docs/asyncapi.json', renderAsyncApi(topics)],
    ['docs/events.md', renderCatalogue(topics)],
  ]
  for (const contract of contracts.filter(({ endpoints }) => endpoints.length > 0)) {
    const { service, version, endpoints } = contract
    const own = endpoints.map(endpoint => ({ contract, endpoint }))
    outputs.push([`${service.dir}/contract/openapi.json`, renderOpenApi(service, version, own)])
  }
  for (const service of topology.services.filter(service => service.public)) {
    const offers = offersOf(service, contracts)
    outputs.push([`${service.dir}/openapi.json`, renderOpenApi(service, '0.0.0', offers)])
  }
  for (const topic of topics) {
    const path = `${topic.contract.service.dir}/contract/schemas/${topic.value.name}.schema.json`
    outputs.push([path, renderTopicSchema(topic)])
  }
  return outputs
}
