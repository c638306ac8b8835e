import { loadTopology } from '../topology/load.ts'
import { renderOutputs } from '../topology/outputs.ts'
import { TopologyError } from '../topology/problem.ts'
import { findChanges } from '../topology/write.ts'
import type { Finding } from './finding.ts'

/** Every service.yaml is right, and what is rendered from them and the contracts is what lies in the tree. */
export async function checkGenerated(root = process.cwd()): Promise<Finding[]> {
  try {
    const changes = await findChanges(await renderOutputs(await loadTopology(root), root), root)
    return changes.map(({ path, kind }) => ({
      file: path,
      message: `${kind === 'new' ? 'is missing' : kind === 'removed' ? 'belongs to no service' : 'is stale'}; run 'bun run generate'`,
    }))
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error
    return error.problems.map(({ file, line, message, fix }) => ({
      file,
      line,
      message: `${message}; ${fix}`,
    }))
  }
}
