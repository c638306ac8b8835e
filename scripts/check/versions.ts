import { join, posix } from 'node:path'
import type { Finding } from './finding.ts'
import { readWorkspaces, type Workspace } from './workspaces.ts'

const exactVersion = /^\d+\.\d+\.\d+(-[\w.-]+)?$/
const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** Dependencies are exact, and one that several workspaces use is named once, in the catalog. */
export async function checkVersions(root = process.cwd()): Promise<Finding[]> {
  const workspaces = await readWorkspaces(root)
  const catalog = workspaces[0]?.manifest.workspaces?.catalog ?? {}
  const names = new Set(workspaces.map(({ name }) => name))
  const all = workspaces.flatMap(dependenciesOf)
  const findings: Finding[] = []
  for (const [name, version] of Object.entries(catalog)) {
    if (exactVersion.test(version)) continue
    findings.push({ file: 'package.json', message: `the catalog has ${name} "${version}"; pin one version` })
  }
  for (const { file, name, version } of all) {
    const message = names.has(name)
      ? version !== 'workspace:*' && 'write "workspace:*"'
      : misplaced(name, version, catalog, all)
    if (message) findings.push({ file, message: `${name} is "${version}"; ${message}` })
  }
  return [...findings, ...(await bunOfImages(root, workspaces[0]))]
}

const dockerfile = 'images/typescript.Dockerfile'

/** Images have the Bun that is tested. */
async function bunOfImages(root: string, project: Workspace | undefined): Promise<Finding[]> {
  const file = Bun.file(join(root, dockerfile))
  const version = project?.manifest.devDependencies?.bun
  if (version === undefined || !(await file.exists())) return []
  const lines = (await file.text()).split('\n')
  const index = lines.findIndex(line => line.startsWith('ARG BUN='))
  if (lines[index]?.startsWith(`ARG BUN=oven/bun:${version}-`)) return []
  return [
    { file: dockerfile, line: index + 1, message: `package.json has bun "${version}"; build on that one` },
  ]
}

interface Dependency {
  file: string
  name: string
  version: string
}

function misplaced(
  name: string,
  version: string,
  catalog: Record<string, string>,
  all: readonly Dependency[],
): string | undefined {
  if (version === 'catalog:') return name in catalog ? undefined : 'add it to the catalog of package.json'
  if (name in catalog) return 'write "catalog:"'
  if (!exactVersion.test(version)) return 'pin one version'
  const users = new Set(all.filter(other => other.name === name).map(({ file }) => file))
  return users.size > 1 ? 'several workspaces use it: move it to the catalog' : undefined
}

function dependenciesOf({ dir, manifest }: Workspace): Dependency[] {
  const file = posix.join(dir, 'package.json')
  return sections.flatMap(section =>
    Object.entries(manifest[section] ?? {}).map(([name, version]) => ({ file, name, version })),
  )
}
