import type { Topology } from './load.ts'
import { renderConfiguration, renderInsecureConfiguration } from './render/configuration.ts'
import { renderRunFile } from './render/run-file.ts'
import { renderJsonSchema } from './schema.ts'

/** Paths relative to the repository root, each with the text that belongs there. */
export type Outputs = Map<string, string>

/** Directories that hold generated files alone: what is left over from a removed service goes. */
export const generatedDirectories = ['dapr/configuration']

export function renderOutputs(topology: Topology): Outputs {
  const outputs: Outputs = new Map([
    ['services/service.schema.json', renderJsonSchema()],
    ['dapr/dapr.yaml', renderRunFile(topology)],
  ])
  for (const service of topology.services) {
    outputs.set(`dapr/configuration/${service.name}.yaml`, renderConfiguration(topology, service))
  }
  outputs.set('dapr/configuration/insecure.yaml', renderInsecureConfiguration(topology))
  return outputs
}
