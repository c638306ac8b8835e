import { readdirSync } from 'node:fs'

/** The names of the files in a folder that daprd reads, sorted. */
export function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => !entry.isDirectory() && isYaml(entry.name))
    .map(({ name }) => name)
    .sort()
}

/** Whether daprd reads a file of this name: hidden ones and `.YML` as well. */
export function isYaml(name: string): boolean {
  return /\.ya?ml$/i.test(name)
}
