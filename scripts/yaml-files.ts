import { readdirSync } from 'node:fs'

/** The names of the files in a folder that daprd reads, sorted: those of YAML, hidden ones and `.YML` as well. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => !entry.isDirectory() && /\.ya?ml$/i.test(entry.name))
    .map(({ name }) => name)
    .sort()
}
