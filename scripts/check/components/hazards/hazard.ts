import type { Service } from '../../../topology/load.ts'
import type { Component } from '../read-set.ts'
import type { SetFinding } from '../set-finding.ts'

/** A setting that is known to lose data. */
export interface Hazard {
  /** Full component types as daprd registers them, or a building block as `pubsub.*`. */
  types: readonly string[]
  /** Its name; undefined: the type itself. */
  setting?: string
  /**
   * Whether it does. `value` is undefined when it is not set.
   * One that comes from a secret is not looked at; undefined: it does whatever the value.
   */
  loses?(value: string | undefined, use: Use): boolean
  /** What is lost, and when. Continues a sentence that begins with the setting. */
  why: string
  fix: string
  /** Where this was found: code of components-contrib 1.18.3 unless named. */
  source: string
}

export interface Use {
  /** The value of another setting of the same component. */
  value(name: string): string | undefined
  /** The services that load the component. */
  users: readonly Service[]
}

/** The hazards that the components of a set have. */
export function checkHazards(
  components: readonly Component[],
  services: readonly Service[],
  hazards: readonly Hazard[],
): SetFinding[] {
  return components.flatMap(component => {
    const { file, type, metadata, scopes } = component
    const value = (name: string) => metadata.get(name.toLowerCase())?.value?.value
    const users = services.filter(({ name }) => scopes === undefined || scopes.value.includes(name))
    return hazards.flatMap(({ types, setting, loses, why, fix, source }) => {
      if (!types.some(each => each === type.value || each === `${type.value.split('.')[0]}.*`)) return []
      const entry = setting === undefined ? undefined : metadata.get(setting.toLowerCase())
      if (loses ? entry && !entry.value : setting && !entry) return []
      if (loses && !loses(entry?.value?.value, { value, users })) return []
      const subject = entry
        ? [entry.name, entry.value?.value].filter(Boolean).join(' ')
        : setting
          ? `without ${setting}, ${type.value}`
          : type.value
      return [
        {
          file,
          line: entry?.value?.line ?? entry?.line ?? type.line,
          message: `${subject} ${why}`,
          fix,
          source,
        },
      ]
    })
  })
}
