import { posix } from 'node:path'
import { readWorkspaces, type Workspace } from '../check/workspaces.ts'
import { loadTopology, type Service } from '../topology/load.ts'

export interface AffectedService {
  name: string
  language: Service['language']
  /** The changed files, in their order. */
  because: string[]
}

export interface Affected {
  /** Those whose image another content goes into, in the order of their names. */
  services: AffectedService[]
  /** Changed files that are applied to a cluster and are in no image. */
  configuration: string[]
}

const configuration = ['k8s/', 'components/', 'dapr/configuration/', 'dapr/resiliency/']

/** A program that every image has, in whatever language its service is. */
const probe = 'k8s/probe/'

/** What a TypeScript image is built from, beside workspaces. Of package.json, bun.lock has what matters. */
const ofTypeScript = ['bun.lock', 'bunfig.toml', 'tsconfig.json']

/** What an empty database begins with. */
const seeds = 'data/'

const inNoImage = [/\.md$/, /\.test\.ts$/, /_test\.go$/, /(^|\/)tests?\//, /(^|\/)requirements-dev\./]

/**
 * Which services these files belong to: directly, or through the packages and contracts that a service depends on.
 * Development dependencies go into no image and do not count.
 *
 * @param files relative to `root`; they need not exist any more
 * @throws TopologyError for service.yaml files that contradict each other
 */
export async function affectedBy(files: readonly string[], root = process.cwd()): Promise<Affected> {
  const [{ services }, workspaces] = await Promise.all([loadTopology(root), readWorkspaces(root)])
  return {
    services: services.flatMap(service => {
      const folders = new Set([...foldersOf(service, workspaces), ...schemasFor(service, services)])
      const because = files.filter(file => goesInto(file, service, folders))
      return because.length === 0 ? [] : [{ name: service.name, language: service.language, because }]
    }),
    configuration: files.filter(
      file =>
        configuration.some(folder => file.startsWith(folder)) &&
        !file.startsWith(probe) &&
        !file.endsWith('.md'),
    ),
  }
}

/** Every service, as if all had changed. */
export async function allServices(root = process.cwd()): Promise<Affected> {
  const { services } = await loadTopology(root)
  return {
    services: services.map(({ name, language }) => ({ name, language, because: [] })),
    configuration: [],
  }
}

function goesInto(file: string, { language }: Service, folders: ReadonlySet<string>): boolean {
  if (file.startsWith('images/') || file === '.dockerignore') {
    const [, dockerfile] = /^images\/(\w+)\.Dockerfile/.exec(file) ?? []
    return !file.endsWith('.md') && (dockerfile === undefined || dockerfile === language)
  }
  if (inNoImage.some(pattern => pattern.test(file))) return false
  if (file.startsWith(probe)) return true
  if (language === 'typescript' && (ofTypeScript.includes(file) || file.startsWith(seeds))) return true
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
    if (folders.has(folder)) return true
  return false
}

/** A service in another language has the schemas of the events that it takes. */
function schemasFor({ language, subscribes }: Service, services: readonly Service[]): string[] {
  if (language === 'typescript') return []
  const publishers = services.filter(({ publishes }) => publishes.some(topic => subscribes.includes(topic)))
  return publishers.map(({ dir }) => `${dir}/contract/schemas`)
}

/** The folders of a service and of all workspaces that it depends on, however far. */
function foldersOf({ dir }: Service, workspaces: readonly Workspace[]): Set<string> {
  const folders = new Set([dir])
  for (const folder of folders) {
    const workspace = workspaces.find(workspace => workspace.dir === folder)
    const { dependencies = {}, optionalDependencies = {} } = workspace?.manifest ?? {}
    for (const { name, dir } of workspaces)
      if (name in dependencies || name in optionalDependencies) folders.add(dir)
  }
  return folders
}
