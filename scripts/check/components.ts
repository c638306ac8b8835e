import { join } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml'

interface Placed<T> {
  value: T
  line: number
}

/** A Dapr component as its YAML has it, with the lines of what a check may have to name. */
export interface Component {
  /** Relative to the repository root. */
  file: string
  /** Where the component begins. */
  line: number
  name: string
  /** E.g. `pubsub.mqtt3`. */
  type: string
  /** The apps that load it; undefined: every app does. */
  scopes: Placed<string[]> | undefined
  /** Where its own secrets come from. */
  secretStore: string | undefined
  /** Value of `spec.metadata` by lower-case name: daprd ignores case. */
  metadata: Map<string, Placed<string>>
}

/** The components of one folder, e.g. components/embedded. What is no component, or broken, is left out. */
export async function readComponents(root: string, folder: string): Promise<Component[]> {
  const files = (await Array.fromAsync(new Bun.Glob('*.{yaml,yml}').scan({ cwd: join(root, folder) }))).sort()
  const found: Component[] = []
  for (const name of files) {
    const file = `${folder}/${name}`
    found.push(...componentsIn(file, await Bun.file(join(root, file)).text()))
  }
  return found
}

function componentsIn(file: string, text: string): Component[] {
  const lineCounter = new LineCounter()
  const lineOf = (node: Node | undefined) => lineCounter.linePos(node?.range?.[0] ?? 0).line
  return parseAllDocuments(text, { lineCounter }).flatMap(document => {
    const component = document.contents
    if (document.errors.length > 0 || !isMap(component) || textAt(component, 'kind') !== 'Component')
      return []
    const scopes = component.get('scopes', true)
    return [
      {
        file,
        line: lineOf(component),
        name: textAt(component, 'metadata', 'name') ?? '',
        type: textAt(component, 'spec', 'type') ?? '',
        scopes: isSeq(scopes)
          ? {
              value: scopes.items.map(item => String(isScalar(item) ? item.value : item)),
              line: lineOf(scopes),
            }
          : undefined,
        secretStore: textAt(component, 'auth', 'secretStore'),
        metadata: metadataOf(component, lineOf),
      },
    ]
  })
}

function metadataOf(component: YAMLMap, lineOf: (node: Node) => number): Component['metadata'] {
  const items = component.getIn(['spec', 'metadata'])
  const metadata: Component['metadata'] = new Map()
  for (const item of isSeq(items) ? items.items : []) {
    const value = isMap(item) ? item.get('value', true) : undefined
    if (!isMap(item) || !isScalar(value)) continue
    metadata.set(String(item.get('name')).toLowerCase(), {
      value: String(value.value ?? ''),
      line: lineOf(value),
    })
  }
  return metadata
}

function textAt(component: YAMLMap, ...path: string[]): string | undefined {
  const value = component.getIn(path)
  return typeof value === 'string' ? value : undefined
}
