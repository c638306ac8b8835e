import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What the Go code of a component says of one setting. */
export interface GoSetting {
  aliases: string[]
  /** Undefined: text, or a type that the tag's line does not tell. */
  type: 'bool' | 'duration' | 'number' | undefined
}

export interface GoSettings {
  /** By name, as the code spells it. The component's own package wins over what it imports. */
  settings: Map<string, GoSetting>
  /** Of a state store: etag, transactional, ttl. */
  features: string[]
}

const modulePath = 'github.com/dapr/components-contrib'

/**
 * Reads the settings that a component's Go code decodes, with those of the packages of the same module that it is built
 * on: metadata.yaml leaves some out, and has neither aliases nor every type.
 * https://github.com/dapr/kit/blob/v0.18.2/metadata/utils.go
 *
 * @param module the module's folder
 * @param directory the package of the component, relative to it
 * @param kind the building block, e.g. `pubsub`
 */
export async function readGoSettings(module: string, directory: string, kind: string): Promise<GoSettings> {
  const settings: GoSettings['settings'] = new Map()
  const features = new Set<string>()
  const waiting = [directory]
  const seen = new Set<string>()
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (seen.has(next)) continue
    seen.add(next)
    for (const source of await sourcesIn(join(module, next))) {
      for (const [name, setting] of settingsIn(source, kind))
        if (!settings.has(name)) settings.set(name, setting)
      for (const [, feature] of source.matchAll(/\bstate\.Feature(ETag|Transactional|TTL)\b/g))
        features.add(String(feature).toLowerCase())
      for (const [, path] of source.matchAll(/^\s*(?:import\s+)?\w*\s*"([^"]+)"$/gm))
        if (path?.startsWith(`${modulePath}/`)) waiting.push(path.slice(modulePath.length + 1))
    }
  }
  return { settings, features: [...features].sort() }
}

/** The text of a package's Go files, tests left out. */
async function sourcesIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter(name => name.endsWith('.go') && !name.endsWith('_test.go'))
  return await Promise.all(names.sort().map(name => Bun.file(join(directory, name)).text()))
}

/** The fields of structs that have a `mapstructure` tag. */
export function settingsIn(source: string, kind: string): [name: string, GoSetting][] {
  return [...source.matchAll(/^\s*\w+\s+(\S+)\s+`([^`\n]*)`/gm)].flatMap(([, goType = '', tag = '']) => {
    const name = tagValue(tag, 'mapstructure').split(',')[0] ?? ''
    const only = tagValue(tag, 'mdonly')
    if (name === '' || name === '-' || (only !== '' && !only.split(',').includes(kind))) return []
    const aliases = tagValue(tag, 'mapstructurealiases').split(',').filter(Boolean)
    return [[name, { aliases, type: typeOf(goType) }] as [string, GoSetting]]
  })
}

function tagValue(tag: string, key: string): string {
  return new RegExp(`(?:^|\\s)${key}:"([^"]*)"`).exec(tag)?.[1] ?? ''
}

function typeOf(goType: string): GoSetting['type'] {
  const type = goType.replace(/^\*/, '')
  if (type === 'bool') return 'bool'
  if (type === 'time.Duration') return 'duration'
  return /^(u?int|float)\d*$/.test(type) ? 'number' : undefined
}
