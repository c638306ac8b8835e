import { generatedFromContracts, renderContracts } from '../contracts/outputs.ts'
import { renderDocuments } from '../docs/outputs.ts'
import type { Topology } from './load.ts'
import { renderConfiguration, renderInsecureConfiguration } from './render/configuration.ts'
import { generatedForKubernetes, renderKubernetes } from './render/kubernetes/outputs.ts'
import { renderRunFile } from './render/run-file.ts'
import { renderJsonSchema } from './schema.ts'

/** Paths relative to the repository root, each with the text that belongs there. */
export type Outputs = Map<string, string>

/** Globs that match generated files alone: what is left over from a removed service goes. */
export const generatedFiles = ['dapr/configuration/*', ...generatedForKubernetes, ...generatedFromContracts]

/** @throws TopologyError where contracts and service.yaml files below `root` contradict each other */
export async function renderOutputs(topology: Topology, root = process.cwd()): Promise<Outputs> {
  const outputs: Outputs = new Map([
    ['services/service.schema.json', renderJsonSchema()],
    ['dapr/dapr.yaml', renderRunFile(topology)],
  ])
  for (const service of topology.services) {
    outputs.set(`dapr/configuration/${service.name}.yaml`, renderConfiguration(topology, service))
  }
  outputs.set('dapr/configuration/insecure.yaml', renderInsecureConfiguration(topology))
  for (const [path, text] of renderKubernetes(topology, root)) outputs.set(path, text)
  for (const [path, text] of await renderContracts(topology, root)) outputs.set(path, text)
  for (const [path, text] of await renderDocuments(topology, root)) outputs.set(path, text)
  return outputs
}
