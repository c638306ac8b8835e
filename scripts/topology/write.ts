import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { generatedFiles, type Outputs } from './outputs.ts'

export interface Change {
  path: string
  kind: 'new' | 'changed' | 'removed'
}

/** What differs between the working tree below `root` and the outputs. */
export async function findChanges(outputs: Outputs, root = process.cwd()): Promise<Change[]> {
  const changes: Change[] = []
  for (const [path, text] of outputs) {
    const file = Bun.file(join(root, path))
    if (!(await file.exists())) changes.push({ path, kind: 'new' })
    else if ((await file.text()) !== text) changes.push({ path, kind: 'changed' })
  }
  for (const pattern of generatedFiles) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: root })) {
      if (!outputs.has(path)) changes.push({ path, kind: 'removed' })
    }
  }
  return changes
}

export async function applyChanges(
  changes: readonly Change[],
  outputs: Outputs,
  root = process.cwd(),
): Promise<void> {
  for (const { path, kind } of changes) {
    if (kind === 'removed') await rm(join(root, path))
    else await Bun.write(join(root, path), outputs.get(path) ?? '')
  }
}
