import metadata from './component-metadata.json' with { type: 'json' }
import { InstallError } from './errors.ts'
import { knownTypes } from './known-types.ts'
import { corrections } from './metadata-corrections.ts'
import { PINNED } from './versions.ts'

/** One entry that `spec.metadata` of a component may have. */
export interface Setting {
  name: string
  aliases?: string[]
  required?: boolean
  /** Default: text. */
  type?: 'bool' | 'bytesize' | 'duration' | 'number'
  allowed?: string[]
  /** A password or the like. */
  sensitive?: boolean
  /** Of a binding: only in this direction. */
  direction?: 'input' | 'output'
  /** Whether its name is read as it is written, not without regard to case as others are. */
  exact?: true
}

/** A way to authenticate. */
export interface Profile {
  title: string
  settings: Setting[]
}

export interface ComponentMetadata {
  /** As daprd registers it, e.g. `pubsub.mqtt3`. */
  type: string
  version: string
  settings: Setting[]
  /** Ways to authenticate, of which one is chosen. */
  profiles?: Profile[]
  /** Names that the code reads and metadata.yaml does not have. */
  undescribed: string[]
  /** Of a state store: etag, transactional, ttl; of a broker: ttl. */
  features: string[]
}

const components = metadata.components as ComponentMetadata[]

/**
 * What the pinned components-contrib says of a component type: generated from its metadata.yaml files and its Go code,
 * committed, so that a misspelt setting is found on machines that have no Go as well.
 *
 * @param type full lower-case name of a known type
 * @param version `spec.version`; what is no version of the type stands for its first one, as daprd takes it
 * @returns undefined for the few types that components-contrib does not describe
 * @throws InstallError when the committed file is of another Dapr than the pinned one
 */
export function componentMetadata(type: string, version: string): ComponentMetadata | undefined {
  if (metadata.dapr !== PINNED.dapr) {
    throw new InstallError(
      `dapr/install/component-metadata.json is of Dapr ${metadata.dapr}, versions.ts pins ${PINNED.dapr}.\n` +
        'Run: bun dapr/install/generate-component-metadata.ts',
    )
  }
  const versions = components.filter(each => each.type === describedAs(type))
  const found = versions.find(each => each.version === version) ?? versions[0]
  return found && corrected(found)
}

/** An alias of a type, e.g. state.sqlite3, is registered by the same files as the type that has a description. */
function describedAs(type: string): string {
  if (components.some(each => each.type === type)) return type
  const types = knownTypes()
  const files = types.get(type)?.files.join() ?? ''
  return components.find(each => types.get(each.type)?.files.join() === files)?.type ?? type
}

function corrected(component: ComponentMetadata): ComponentMetadata {
  const changes = corrections.filter(({ types }) => types.includes(component.type))
  if (changes.length === 0) return component
  const change = (setting: Setting): Setting => {
    const changed = { ...setting }
    for (const each of changes)
      if ('setting' in each && each.setting === setting.name) Object.assign(changed, each.as)
    return changed
  }
  const profiles = component.profiles ?? []
  const described = [...component.settings, ...profiles.flatMap(({ settings }) => settings)]
  const added = changes.flatMap(each =>
    'setting' in each && !described.some(({ name }) => name === each.setting)
      ? [{ name: each.setting, ...each.as }]
      : [],
  )
  return {
    ...component,
    settings: [...component.settings.map(change), ...added],
    profiles: [
      ...profiles.map(({ title, settings }) => ({ title, settings: settings.map(change) })),
      ...changes.flatMap(each => ('profile' in each ? [each.profile] : [])),
    ],
  }
}
