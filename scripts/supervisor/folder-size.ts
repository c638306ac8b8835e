import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What is in a folder and how large, as in `catalog.db, orders.db (1.2 MB)`; undefined when there is nothing. */
export function describeFolder(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  const names = readdirSync(folder).sort()
  if (names.length === 0) return undefined
  return `${names.join(', ')} (${(sizeOf(folder) / 1e6).toFixed(1)} MB)`
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .map(name => statSync(join(folder, String(name)), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}
