import { join } from 'node:path'
import { portsOf, type ServicePorts } from './ports.ts'
import { byPlace, type Problem, TopologyError } from './problem.ts'
import type { ServiceFile, StoreNeed } from './schema.ts'
import { parseSource } from './source.ts'
import { type LoadedFile, validateAll } from './validate-all.ts'
import { validateFile } from './validate-file.ts'

/** One service, every default filled in. */
export interface Service extends Omit<Required<ServiceFile>, 'stores'> {
  /** Names of the state stores. */
  stores: string[]
  /** What each state store has to offer, by its name. */
  storeNeeds: Record<string, StoreNeed[]>
  /** Its folder, relative to the repository root, e.g. `services/orders`. */
  dir: string
  ports: ServicePorts
}

export interface Topology {
  /** In the order of their names. */
  services: Service[]
}

/**
 * Reads every services/<name>/service.yaml below `root` (default: the working directory).
 * Throws a TopologyError that holds all problems at once, each with its file, line and column.
 */
export async function loadTopology(root = process.cwd()): Promise<Topology> {
  const files = (await Array.fromAsync(new Bun.Glob('services/*/service.yaml').scan({ cwd: root }))).sort()
  const folders = files.map(file => file.split('/')[1] ?? '')
  const problems: Problem[] = []
  const loaded: LoadedFile[] = []
  for (const [index, file] of files.entries()) {
    const source = parseSource(file, await Bun.file(join(root, file)).text())
    const found = validateFile(source, folders[index] ?? '')
    problems.push(...found)
    if (found.length === 0) loaded.push({ source, file: source.value as ServiceFile })
  }
  problems.push(...validateAll(loaded, folders))
  if (files.length === 0) {
    problems.push({
      file: 'services',
      line: 1,
      column: 1,
      message: 'no service found',
      fix: 'add services/<name>/service.yaml',
    })
  }
  if (problems.length > 0) throw new TopologyError(problems.sort(byPlace))
  return { services: loaded.map(({ file }) => toService(file)) }
}

function toService(file: ServiceFile): Service {
  const stores = (file.stores ?? []).map(each =>
    typeof each === 'string' ? { name: each, needs: [] } : each,
  )
  return {
    build: [],
    without: '',
    protocol: 'http',
    public: false,
    calls: {},
    publishes: [],
    subscribes: [],
    bindings: [],
    crypto: [],
    secrets: [],
    env: {},
    ...file,
    stores: stores.map(({ name }) => name),
    storeNeeds: Object.fromEntries(stores.map(({ name, needs }) => [name, needs])),
    dir: `services/${file.name}`,
    ports: portsOf(file.port),
  }
}
