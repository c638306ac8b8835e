import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'
import { spelling } from '../../spelling.ts'
import type { SetFinding } from './set-finding.ts'

type Wrong = Omit<SetFinding, 'file'>
type LineOf = (node: Node | undefined) => number

/** What daprd loads from a folder of resources; it passes over any other kind without a word. */
const kinds = [
  'Component',
  'Subscription',
  'HTTPEndpoint',
  'Resiliency',
  'Configuration',
  'MCPServer',
  'WorkflowAccessPolicy',
]
const apiVersion = 'dapr.io/v1alpha1'

// https://github.com/dapr/dapr/blob/v1.18.2/pkg/apis/components/v1alpha1/types.go and pkg/apis/common/namevalue.go
const keys = {
  component: ['apiVersion', 'kind', 'metadata', 'spec', 'auth', 'scopes'],
  metadata: ['name', 'namespace', 'labels', 'annotations'],
  spec: ['type', 'version', 'metadata', 'ignoreErrors', 'initTimeout'],
  auth: ['secretStore'],
  entry: ['name', 'value', 'secretKeyRef', 'envRef'],
  secretKeyRef: ['name', 'key'],
}

/** Whether a document is a resource that daprd loads, and has no key that it would pass over. */
export function checkShape(document: Document, lineOf: LineOf): Wrong[] {
  const { contents } = document
  if (contents === null) return []
  if (!isMap(contents)) {
    return [
      {
        line: lineOf(contents),
        message: 'is no Dapr resource',
        fix: `begin with "apiVersion: ${apiVersion}"`,
      },
    ]
  }
  const component = contents as YAMLMap
  const kind = component.get('kind', true)
  if (!isScalar(kind) || !kinds.includes(String(kind.value))) {
    const found = isScalar(kind) ? `kind is ${String(kind.value)}` : 'kind is missing'
    const fix = isScalar(kind) ? spelling(String(kind.value), kinds) : 'write "kind: Component"'
    return [
      { line: lineOf(isScalar(kind) ? kind : contents), message: `${found}, so daprd passes over it`, fix },
    ]
  }
  if (kind.value !== 'Component') return []
  return checkComponent(component, lineOf)
}

function checkComponent(component: YAMLMap, lineOf: LineOf): Wrong[] {
  const wrong: Wrong[] = []
  const unknown = (map: unknown, known: string[], where: string) => {
    for (const { key } of isMap(map) ? map.items : []) {
      const name = String(isScalar(key) ? key.value : key)
      if (!known.includes(name))
        wrong.push({
          line: lineOf(key as Node),
          message: `unknown key ${where}${name}`,
          fix: spelling(name, known),
        })
    }
  }
  const version = component.get('apiVersion', true)
  if (!isScalar(version) || version.value !== apiVersion) {
    const found = isScalar(version) ? `apiVersion is ${String(version.value)}` : 'apiVersion is missing'
    wrong.push({
      line: lineOf(isScalar(version) ? version : component),
      message: `${found}, so daprd passes over it`,
      fix: `write "apiVersion: ${apiVersion}"`,
    })
  }
  unknown(component, keys.component, '')
  for (const part of ['metadata', 'spec', 'auth'] as const)
    unknown(component.get(part), keys[part], `${part}.`)
  if (!isText(component.getIn(['metadata', 'name'])))
    wrong.push({ line: lineOf(component), message: 'has no name', fix: 'add "metadata: { name: … }"' })
  if (!isText(component.getIn(['spec', 'type'])))
    wrong.push({
      line: lineOf(component),
      message: 'has no type',
      fix: 'add "type", e.g. "type: state.sqlite", to spec',
    })
  wrong.push(...checkVersion(component, lineOf), ...checkIgnoreErrors(component, lineOf))
  const scopes = component.get('scopes', true)
  if (scopes !== undefined && !isSeq(scopes) && !isNothing(scopes))
    wrong.push({
      line: lineOf(scopes as Node),
      message: 'scopes is no list',
      fix: 'write "scopes: [app, …]"',
    })
  const entries = checkEntries(component, { lineOf, unknown })
  return [...wrong, ...entries]
}

function checkVersion(component: YAMLMap, lineOf: LineOf): Wrong[] {
  const version = component.getIn(['spec', 'version'], true)
  if (isScalar(version) && isText(version.value)) return []
  if (version === undefined || isNothing(version) || (isScalar(version) && version.value === ''))
    return [{ line: lineOf(component), message: 'has no version', fix: 'add "version: v1" to spec' }]
  const message = `version is ${String(version)}, which is no text`
  return [{ line: lineOf(version as Node), message, fix: 'write "version: v1"' }]
}

function checkIgnoreErrors(component: YAMLMap, lineOf: LineOf): Wrong[] {
  const ignoreErrors = component.getIn(['spec', 'ignoreErrors'], true)
  if (!isScalar(ignoreErrors) || ignoreErrors.value === false || isNothing(ignoreErrors)) return []
  const message = `ignoreErrors is ${String(ignoreErrors.value)}, so daprd goes on without it when its server is down or refuses the password`
  return [{ line: lineOf(ignoreErrors), message, fix: 'remove ignoreErrors' }]
}

interface Context {
  lineOf: LineOf
  unknown: (map: unknown, known: string[], where: string) => void
}

/** `spec.metadata`: each entry has one name, and one place that its value comes from. */
function checkEntries(component: YAMLMap, { lineOf, unknown }: Context): Wrong[] {
  const wrong: Wrong[] = []
  const entries = component.getIn(['spec', 'metadata'], true)
  if (entries === undefined) return []
  if (!isSeq(entries)) {
    const fix = 'write a list of "- name: …" with "value: …" below it'
    return isNothing(entries)
      ? []
      : [{ line: lineOf(entries as Node), message: 'spec.metadata is no list', fix }]
  }
  const lines = new Map<string, number>()
  for (const entry of entries.items) {
    const line = lineOf(entry as Node)
    const name = isMap(entry) ? entry.get('name') : undefined
    if (!isMap(entry) || !isText(name)) {
      wrong.push({ line, message: 'an entry of spec.metadata has no name', fix: 'add "name: …"' })
      continue
    }
    unknown(entry, keys.entry, `of ${name}: `)
    unknown(entry.get('secretKeyRef'), keys.secretKeyRef, `of ${name}: secretKeyRef.`)
    const first = lines.get(String(name).toLowerCase())
    if (first !== undefined)
      wrong.push({ line, message: `${name} is there twice`, fix: `remove it: line ${first} has it already` })
    lines.set(String(name).toLowerCase(), line)
    const sources = ['value', 'secretKeyRef', 'envRef'].filter(key => entry.has(key))
    if (sources.length === 0)
      wrong.push({
        line,
        message: `${name} has no value`,
        fix: 'add "value: …" or "secretKeyRef: { name: …, key: … }"',
      })
    if (sources.length > 1)
      wrong.push({ line, message: `${name} has ${sources.join(' and ')}`, fix: 'keep one of them' })
    if (entry.has('secretKeyRef') && !isText(entry.getIn(['secretKeyRef', 'name'])))
      wrong.push({
        line,
        message: `secretKeyRef of ${name} names no secret`,
        fix: 'write "secretKeyRef: { name: …, key: … }"',
      })
  }
  return wrong
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A key without a value. */
function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null
}
