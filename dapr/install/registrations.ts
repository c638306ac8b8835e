import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What one component type needs: the files of cmd/daprd/components that register it, and its versions. */
export interface Registration {
  /** File names without `.go`, for example `state_postgres`. */
  files: string[]
  /** Only for types that exist in several versions (`spec.version`); others take v1, v0 or none. */
  versions?: string[]
}

/**
 * Reads every component type that Dapr's own source registers, by full lower-case name (`state.postgresql`,
 * `nameresolution.sqlite`, `middleware.http.bearer`), aliases included.
 *
 * @param directory cmd/daprd/components of the Dapr runtime's Go module
 */
export async function readRegistrations(directory: string): Promise<Map<string, Registration>> {
  const types = new Map<string, Registration>()
  for (const name of (await readdir(directory)).filter(file => file.endsWith('.go')).sort()) {
    const file = name.slice(0, -'.go'.length)
    for (const { type, versions } of parseRegistrations(await Bun.file(join(directory, name)).text())) {
      const known = types.get(type) ?? { files: [] }
      if (!known.files.includes(file)) known.files.push(file)
      if (versions.length > 0) known.versions = [...new Set([...(known.versions ?? []), ...versions])].sort()
      types.set(type, known)
    }
  }
  return types
}

/** The component types that one Go file registers with the registries of pkg/components. */
export function parseRegistrations(source: string): { type: string; versions: string[] }[] {
  const kinds = new Map<string, string>()
  for (const [, alias, path] of source.matchAll(
    /^\s*(?:import\s+)?(\w+)?\s*"github\.com\/dapr\/dapr\/pkg\/components\/([\w/]+)"/gm,
  )) {
    if (path) kinds.set(alias ?? path.slice(path.lastIndexOf('/') + 1), path.replaceAll('/', '.'))
  }
  const found: { type: string; versions: string[] }[] = []
  for (const call of source.matchAll(/(\w+)\.DefaultRegistry\.Register\w+\(/g)) {
    const kind = kinds.get(call[1] ?? '')
    if (!kind) continue
    const { names, body } = readArguments(source, call.index + call[0].length)
    const versions = [...body.matchAll(/\bVersion:\s*"([^"]+)"/g)].map(match =>
      (match[1] ?? '').toLowerCase(),
    )
    for (const name of names) found.push({ type: `${kind}.${name}`.toLowerCase(), versions })
  }
  return found
}

/** String literals that are arguments of the call itself (not of what is nested in it), up to its closing bracket. */
function readArguments(source: string, start: number): { names: string[]; body: string } {
  const names: string[] = []
  let depth = 1
  let position = start
  while (position < source.length && depth > 0) {
    const character = source[position]
    if (character === '"') {
      const end = source.indexOf('"', position + 1)
      if (depth === 1) names.push(source.slice(position + 1, end))
      position = end
    } else if (character === '/' && source[position + 1] === '/') {
      position = source.indexOf('\n', position)
    } else if (character === '(' || character === '{' || character === '[') depth++
    else if (character === ')' || character === '}' || character === ']') depth--
    position++
  }
  return { names, body: source.slice(start, position) }
}
