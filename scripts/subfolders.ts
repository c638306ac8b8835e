import { existsSync, readdirSync } from 'node:fs'

/** The names of the folders in a folder, sorted; none when it is not there. */
export function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}
