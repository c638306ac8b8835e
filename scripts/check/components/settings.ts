import {
  type ComponentMetadata,
  componentMetadata,
  type Setting,
} from '../../../dapr/install/component-metadata.ts'
import { nearest } from '../../spelling.ts'
import type { Component, Entry } from './read-set.ts'
import { runtimeSettings } from './runtime-settings.ts'
import type { SetFinding } from './set-finding.ts'
import { valueProblem } from './values.ts'

/**
 * What a component's own metadata file and daprd say of `spec.metadata`: names that are known, values that they take,
 * what is required. A component that has no such file, or is of no known type, is passed over.
 */
export function checkSettings(components: readonly Component[]): SetFinding[] {
  return components.flatMap(component => {
    const description = componentMetadata(component.type.value, component.version.value)
    if (!description) return []
    return [
      ...[...component.metadata.values()].flatMap(entry => checkEntry(component, entry, description)),
      ...checkRequired(component, description),
    ]
  })
}

const reference = 'https://docs.dapr.io/reference/components-reference/'
const byReference =
  'put it into the secret store, and write "secretKeyRef: { name: …, key: … }" in place of the value'

/** By what metadata.yaml says, by its name where no file describes it, or as a URL with a password in it. */
function isSecret(name: string, value: string, meant: readonly Setting[]): boolean {
  return (
    meant.some(({ sensitive }) => sensitive) ||
    (meant.length === 0 && /(password|secret|secret_?key|session_?token|private_?key)$/i.test(name)) ||
    /\/\/[^/\s:@]*:[^/\s@]+@/.test(value)
  )
}

/** Every setting of the component, in any of its ways to authenticate, and daprd's own. */
function settingsOf({ type, settings, profiles = [] }: ComponentMetadata): Setting[] {
  return [...settings, ...profiles.flatMap(profile => profile.settings), ...runtimeSettings(type)]
}

function namesOf({ name, aliases = [] }: Setting): string[] {
  return [name, ...aliases]
}

function checkEntry({ file, type }: Component, entry: Entry, description: ComponentMetadata): SetFinding[] {
  const settings = settingsOf(description)
  const { line, value } = entry
  const meant = settings.filter(each => namesOf(each).some(name => same(name, entry.name)))
  const known = [...settings.flatMap(namesOf), ...description.undescribed]
  if (!known.some(name => same(name, entry.name))) {
    const near = nearest(entry.name, known)
    const fix = near ? `did you mean ${near}?` : `remove it: ${reference} has the known ones`
    return [{ file, line, message: `${type.value} knows no ${entry.name}`, fix }]
  }
  const exact = meant.find(each => each.exact && !namesOf(each).includes(entry.name))
  if (exact) {
    const message = `${entry.name} is read only where it is written as ${exact.name}`
    return [{ file, line, message, fix: `write "name: ${exact.name}"` }]
  }
  if (value === undefined || value.value === '') return []
  if (isSecret(entry.name, value.value, meant)) {
    const message = `${entry.name} is written out, and everybody who reads the file can use it`
    return [{ file, line: value.line, message, fix: byReference }]
  }
  // two ways to authenticate may have a setting of one name: what one of them takes is right
  const problems = meant.map(each => valueProblem(value.value, each, meant))
  const [problem] = problems
  if (!problem || problems.includes(undefined)) return []
  return [
    { file, line: value.line, message: `${entry.name} is ${JSON.stringify(value.value)}`, fix: problem },
  ]
}

function checkRequired(component: Component, description: ComponentMetadata): SetFinding[] {
  const { file, line, metadata } = component
  const direction = metadata.get('direction')?.value?.value
  const applies = (setting: Setting) =>
    !setting.direction || !direction || direction.includes(setting.direction)
  const missing = (settings: readonly Setting[]) =>
    settings.filter(each => each.required && applies(each) && !isGiven(component, each))
  const tell = ({ name }: Setting) => ({
    file,
    line,
    message: `${component.type.value} needs ${name}`,
    fix: `add "- name: ${name}" to spec.metadata`,
  })
  return [...missing(description.settings), ...missing(chosenProfile(component, description))].map(tell)
}

/** The settings of the way to authenticate that the component has, or comes nearest to; none when one is complete. */
function chosenProfile(component: Component, { profiles = [] }: ComponentMetadata): Setting[] {
  const ranked = profiles
    .map(({ settings }) => {
      const contradicted = settings.filter(({ name, allowed }) => {
        const value = component.metadata.get(name.toLowerCase())?.value?.value
        return value !== undefined && allowed && !allowed.some(each => same(each, value))
      }).length
      const given = settings.filter(each => isGiven(component, each)).length
      const missing = settings.filter(each => each.required && !isGiven(component, each)).length
      return { settings, contradicted, given, missing }
    })
    .map(each => ({ ...each, nearness: each.given - 2 * each.contradicted }))
    .sort((a, b) => b.nearness - a.nearness || a.missing - b.missing)
  const complete = ranked.some(({ contradicted, missing }) => contradicted === 0 && missing === 0)
  return complete ? [] : (ranked[0]?.settings ?? [])
}

function isGiven({ metadata }: Component, setting: Setting): boolean {
  return namesOf(setting).some(name => {
    const entry = metadata.get(name.toLowerCase())
    return entry !== undefined && entry.value?.value !== ''
  })
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
