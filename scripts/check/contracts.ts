import { type Comparison, comparePublished } from '../contracts/compatibility/published.ts'
import { subjectsOf } from '../contracts/compatibility/snapshot.ts'
import { loadContracts } from '../contracts/contract.ts'
import { loadTopology } from '../topology/load.ts'
import { TopologyError } from '../topology/problem.ts'
import type { Finding } from './finding.ts'

/** No contract breaks what it has published: those who rely on it are deployed on their own. */
export async function checkContracts(root = process.cwd()): Promise<Finding[]> {
  try {
    const topology = await loadTopology(root)
    const subjects = subjectsOf(topology, await loadContracts(topology, root))
    return (await comparePublished(subjects, root)).flatMap(contractFindings)
  } catch (error) {
    // a service.yaml that is wrong is a finding of the generated files
    if (error instanceof TopologyError) return []
    throw error
  }
}

export function contractFindings({ subject, published, breaking }: Comparison): Finding[] {
  if (!published) {
    const message = "is missing; run 'bun run contracts --publish' and commit it"
    return [{ file: subject.publishedFile, message }]
  }
  return breaking.map(change => ({
    ...(subject.places.get(change.subject) ?? { file: subject.file }),
    message: `${change.text}; ${change.fix} (on purpose: bun run contracts --publish --breaking 'why')`,
  }))
}
