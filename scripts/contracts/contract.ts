import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Kind, type TSchema } from '@sinclair/typebox'
import type { Endpoint, Topic } from 'elysia-dapr/contract'
import type { Service, Topology } from '../topology/load.ts'
import { type Documentation, readDocumentation } from './documentation.ts'

/** A value that a contract exports, with the comment above it. */
export interface Declared<Value> extends Documentation {
  /** Name of the export. */
  name: string
  value: Value
}

/** What a service lets others import: the values of its `contract/index.ts`. */
export interface Contract {
  service: Service
  version: string
  /** In the order of the source. */
  endpoints: Declared<Endpoint>[]
  topics: Declared<Topic>[]
  schemas: Declared<TSchema>[]
}

/** The contracts of all services that have one, in the order of their names. */
export async function loadContracts(topology: Topology, root = process.cwd()): Promise<Contract[]> {
  const withContract = topology.services.filter(({ dir }) => existsSync(join(root, contractFile(dir))))
  return await Promise.all(withContract.map(service => loadContract(service, root)))
}

/** Path of what a service's contract exports, relative to the repository root. */
export function contractFile(dir: string): string {
  return `${dir}/contract/index.ts`
}

async function loadContract(service: Service, root: string): Promise<Contract> {
  const folder = join(root, service.dir, 'contract')
  const [values, documentation, manifest] = await Promise.all([
    import(join(folder, 'index.ts')) as Promise<Record<string, unknown>>,
    readDocumentation(root, `${service.dir}/contract`),
    Bun.file(join(folder, 'package.json')).json(),
  ])
  const declared = Object.entries(values)
    .map(([name, value]) => {
      const documented = documentation.get(name) ?? { file: contractFile(service.dir), line: 1, text: '' }
      return { name, value, ...documented }
    })
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
  return {
    service,
    version: manifest.version ?? '0.0.0',
    endpoints: declared.filter(isKind<Endpoint>('endpoint')),
    topics: declared.filter(isKind<Topic>('topic')),
    schemas: declared.filter(isSchema),
  }
}

function isKind<Value>(kind: string) {
  return (declared: Declared<unknown>): declared is Declared<Value> =>
    (declared.value as { kind?: unknown } | undefined)?.kind === kind
}

function isSchema(declared: Declared<unknown>): declared is Declared<TSchema> {
  return typeof declared.value === 'object' && declared.value !== null && Kind in declared.value
}
