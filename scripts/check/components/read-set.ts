import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml'
import { yamlFiles } from '../../../dapr/install/yaml-files.ts'
import type { Resiliency } from './resiliency.ts'
import type { SetFinding } from './set-finding.ts'
import { checkShape } from './shape.ts'

export interface Placed<T> {
  value: T
  line: number
}

/** One entry of `spec.metadata`. */
export interface Entry {
  /** As it is written. */
  name: string
  line: number
  /** Undefined: it comes from elsewhere, a secret or the environment. */
  value: Placed<string> | undefined
  /** The secret that it comes from, and which part of it. */
  secret: (Placed<string> & { key: string | undefined }) | undefined
}

/** A Dapr component as its YAML has it, with the lines of what a check may have to name. */
export interface Component {
  /** Relative to the repository root. */
  file: string
  /** Where the component begins. */
  line: number
  name: Placed<string>
  namespace: Placed<string> | undefined
  /** Lower case, e.g. `pubsub.mqtt3`. */
  type: Placed<string>
  version: Placed<string>
  /** The apps that load it; undefined: every app does. */
  scopes: Placed<string[]> | undefined
  /** Where its own secrets come from. */
  secretStore: Placed<string> | undefined
  /** By lower-case name: daprd ignores case. */
  metadata: Map<string, Entry>
}

/** The resources of YAML that are read, and what keeps others from being such. */
export interface Resources {
  components: Component[]
  resiliencies: Resiliency[]
  findings: SetFinding[]
}

/** Those of one folder, e.g. components/embedded. */
export function readSet(root: string, folder: string): Resources {
  const directory = isAbsolute(folder) ? folder : join(root, folder)
  const components: Component[] = []
  const resiliencies: Resiliency[] = []
  const findings: SetFinding[] = []
  for (const name of yamlFiles(directory)) {
    const path = join(directory, name)
    const file = path.startsWith(`${root}/`) ? relative(root, path) : path
    const found = readComponents(file, readFileSync(path, 'utf8'))
    components.push(...found.components)
    resiliencies.push(...found.resiliencies)
    findings.push(...found.findings)
  }
  return { components, resiliencies, findings }
}

/** Those of one YAML text. */
export function readComponents(file: string, text: string): Resources {
  const components: Component[] = []
  const resiliencies: Resiliency[] = []
  const findings: SetFinding[] = []
  const lineCounter = new LineCounter()
  const lineOf = (node: Node | undefined) => lineCounter.linePos(node?.range?.[0] ?? 0).line || 1
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false })]
  const shared = documents.filter(({ contents }) => contents !== null).length > 1
  for (const document of documents) {
    if (document.errors.length > 0) {
      const [error] = document.errors
      const line = Math.max(lineCounter.linePos(error?.pos[0] ?? 0).line, 1)
      const message = `not valid YAML, so daprd passes over it: ${error?.message}`
      findings.push({ file, line, message, fix: 'correct the syntax' })
      continue
    }
    const wrong = checkShape(document as Document, lineOf)
    findings.push(...wrong.map(each => ({ file, ...each })))
    const contents = document.contents as YAMLMap | null
    if (!isMap(contents)) continue
    const kind = contents.get('kind')
    if (kind === 'Resiliency') resiliencies.push(document.toJS())
    if (kind === 'Resiliency' && shared) {
      const message = 'a Resiliency in a file with other documents, where daprd sees none but the first'
      findings.push({ file, line: lineOf(contents), message, fix: 'give it a file of its own' })
    }
    if (kind === 'Component') components.push(toComponent(file, contents, lineOf))
  }
  return { components, resiliencies, findings }
}

type LineOf = (node: Node | undefined) => number

function toComponent(file: string, component: YAMLMap, lineOf: LineOf): Component {
  const line = lineOf(component)
  const textAt = (...path: string[]): Placed<string> | undefined => {
    const node = component.getIn(path, true)
    return isScalar(node) && typeof node.value === 'string'
      ? { value: node.value, line: lineOf(node) }
      : undefined
  }
  const lower = (placed: Placed<string> | undefined) => ({
    value: placed?.value.toLowerCase() ?? '',
    line: placed?.line ?? line,
  })
  const scopes = component.get('scopes', true)
  return {
    file,
    line,
    name: textAt('metadata', 'name') ?? { value: '', line },
    namespace: textAt('metadata', 'namespace'),
    type: lower(textAt('spec', 'type')),
    version: lower(textAt('spec', 'version')),
    scopes:
      isNode(scopes) && !(isScalar(scopes) && scopes.value === null) ? scopesOf(scopes, lineOf) : undefined,
    secretStore: textAt('auth', 'secretStore'),
    metadata: metadataOf(component, lineOf),
  }
}

/** Apps that are no list are told as that; the words of what is there in its place are compared all the same. */
function scopesOf(scopes: Node, lineOf: LineOf): Placed<string[]> {
  const apps = isSeq(scopes)
    ? scopes.items.map(item => String(isScalar(item) ? item.value : item))
    : (String(scopes).match(/[\w-]+/g) ?? [])
  return { value: apps, line: lineOf(scopes) }
}

function metadataOf(component: YAMLMap, lineOf: LineOf): Component['metadata'] {
  const items = component.getIn(['spec', 'metadata'])
  const metadata: Component['metadata'] = new Map()
  for (const item of isSeq(items) ? items.items : []) {
    if (!isMap(item)) continue
    const name = String(item.get('name') ?? '')
    const value = item.get('value', true)
    const secret = item.getIn(['secretKeyRef', 'name'], true)
    metadata.set(name.toLowerCase(), {
      name,
      line: lineOf(item),
      // as daprd has it: what is no text is taken as the JSON that it stands for
      value: value === undefined ? undefined : { value: textOf(value), line: lineOf(value as Node) },
      secret: isScalar(secret)
        ? {
            value: String(secret.value),
            line: lineOf(secret),
            key: keyOf(item.getIn(['secretKeyRef', 'key'])),
          }
        : undefined,
    })
  }
  return metadata
}

function textOf(node: unknown): string {
  if (isScalar(node)) return String(node.value ?? '')
  return JSON.stringify(node)
}

function keyOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}
