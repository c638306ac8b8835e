import { isDeepStrictEqual } from 'node:util'
import { typeName } from '../fields.ts'
import type { JsonSchema } from '../json-schema.ts'
import { breaks, type Change, change, inside } from './change.ts'
import type { Compare } from './compare-schema.ts'
import { constraintsOf } from './constraints.ts'

/** Compares two schemas of which at least one is a union. */
export function compareUnions(
  before: JsonSchema,
  after: JsonSchema,
  path: string,
  compare: Compare,
): Change[] {
  const { anyOf: old = [constraintsOf(before)], ...others } = constraintsOf(before)
  const { anyOf: now = [constraintsOf(after)], ...newOthers } = constraintsOf(after)
  if (before.anyOf && after.anyOf && !isDeepStrictEqual(others, newOthers)) {
    return [change(path, 'has changed beside its union', 'readers', 'writers')]
  }
  const [oldMembers, newMembers] = [old as JsonSchema[], now as JsonSchema[]]
  const name = discriminatorOf([...oldMembers, ...newMembers])
  const byName = name && compareNamed(name, oldMembers, newMembers, path, compare)
  return byName || compareUnnamed(oldMembers, newMembers, path, compare)
}

/** The member whose literal tells the objects of a union apart. */
function discriminatorOf(members: readonly JsonSchema[]): string | undefined {
  const names = Object.keys((members[0]?.properties ?? {}) as JsonSchema)
  return names.find(name => members.every(member => literalOf(member, name) !== undefined))
}

function literalOf(member: JsonSchema, name: string): string | undefined {
  if (!((member.required ?? []) as string[]).includes(name)) return undefined
  const literal = (member.properties as Record<string, JsonSchema> | undefined)?.[name]?.const
  return typeof literal === 'string' ? literal : undefined
}

function compareNamed(
  name: string,
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  path: string,
  compare: Compare,
): Change[] | undefined {
  const named = (members: readonly JsonSchema[]) =>
    new Map(members.map(member => [literalOf(member, name) ?? '', member]))
  const [old, now] = [named(before), named(after)]
  if (old.size < before.length || now.size < after.length) return undefined
  const label = (literal: string) => inside(path, `${name} ${literal}`)
  const kept = [...old].flatMap(([literal, member]) => {
    const successor = now.get(literal)
    if (!successor) return [change(label(literal), 'was removed', 'writers')]
    return compare(member, successor).map(found => ({ ...found, path: below(label(literal), found.path) }))
  })
  const added = [...now.keys()].filter(literal => !old.has(literal))
  return [...kept, ...added.map(literal => change(label(literal), 'is new', 'readers'))]
}

function below(label: string, path: string): string {
  return path === '' ? label : `${label}, ${path}`
}

function compareUnnamed(
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  path: string,
  compare: Compare,
): Change[] {
  const same = (a: JsonSchema) => (b: JsonSchema) => isDeepStrictEqual(constraintsOf(a), constraintsOf(b))
  const old = before.filter(member => !after.some(same(member)))
  const now = after.filter(member => !before.some(same(member)))
  const [member, successor] = [old[0], now[0]]
  if (member && successor && old.length === 1 && now.length === 1) return compare(member, successor, path)
  const lost = old.filter(a => !after.some(b => !breaks(compare(a, b), 'writers')))
  const added = now.filter(b => !before.some(a => !breaks(compare(a, b), 'readers')))
  return [
    ...lost.map(schema => change(path, `no longer allows ${typeName(schema)}`, 'writers')),
    ...added.map(schema => change(path, `also allows ${typeName(schema)}`, 'readers')),
  ]
}
