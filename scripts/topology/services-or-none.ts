import { loadTopology, type Service } from './load.ts'
import { TopologyError } from './problem.ts'

/** The services; none while a service.yaml is wrong: the check of the generated files tells what about it. */
export async function servicesOrNone(root: string): Promise<Service[]> {
  try {
    return (await loadTopology(root)).services
  } catch (error) {
    if (error instanceof TopologyError) return []
    throw error
  }
}
