import { isKnownType, type Needed, namesOf } from './needed.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'

/** Every component that services name is in the set, under that name and once. */
export function checkNames(
  folder: string,
  components: readonly Component[],
  needed: readonly Needed[],
): SetFinding[] {
  const missing = needed.filter(({ component }) => component === undefined)
  return [...doubles(components), ...missing.flatMap(each => tellMissing(folder, each))]
}

function tellMissing(folder: string, { kind, name, users, instead }: Needed): SetFinding[] {
  const use = `${name}, which ${namesOf(users)} ${users.length > 1 ? 'use' : 'uses'}`
  if (instead && instead.name.value !== name) {
    const { file, name: found } = instead
    const message = `is named ${found.value}, which no service.yaml names`
    return [{ file, line: found.line, message, fix: `did you mean ${use}?` }]
  }
  if (instead) {
    // of a type that is misspelt: told as such
    if (!isKnownType(instead)) return []
    const message = `${use}, is of type ${instead.type.value}`
    return [{ file: instead.file, line: instead.type.line, message, fix: `choose a type of ${kind}.*` }]
  }
  const message = `has no component of type ${kind}.* named ${use}`
  return [{ file: folder, message, fix: `add ${folder}/${name}.yaml` }]
}

/** Of two with one name, daprd refuses the second in each app that loads both. */
function doubles(components: readonly Component[]): SetFinding[] {
  return components.flatMap(({ file, name }, index) => {
    const first = components.findIndex(each => each.name.value !== '' && each.name.value === name.value)
    if (first === -1 || first === index) return []
    const other = components[first]
    const fix = `remove one: ${other?.file}:${other?.name.line} has it already`
    return [{ file, line: name.line, message: `there are two components named ${name.value}`, fix }]
  })
}
