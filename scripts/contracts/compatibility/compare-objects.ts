import type { JsonSchema } from '../json-schema.ts'
import { type Change, change, inside } from './change.ts'
import type { Compare } from './compare-schema.ts'

type Properties = Record<string, JsonSchema>

/** Compares the members of two objects. Members that a schema does not name count as absent. */
export function compareObjects(
  before: JsonSchema,
  after: JsonSchema,
  path: string,
  compare: Compare,
): Change[] {
  const old = (before.properties ?? {}) as Properties
  const now = (after.properties ?? {}) as Properties
  const wasRequired = (before.required ?? []) as string[]
  const isRequired = (after.required ?? []) as string[]
  const changes: Change[] = []
  for (const [name, schema] of Object.entries(old)) {
    const where = inside(path, name)
    const successor = now[name]
    if (!successor) {
      changes.push(change(where, 'was removed', 'readers', 'writers'))
      continue
    }
    if (wasRequired.includes(name) && !isRequired.includes(name)) {
      changes.push(change(where, 'was required, is optional', 'readers'))
    }
    if (!wasRequired.includes(name) && isRequired.includes(name)) {
      changes.push(change(where, 'was optional, is required', 'writers'))
    }
    changes.push(...compare(schema, successor, where))
  }
  for (const name of Object.keys(now).filter(name => !(name in old))) {
    const where = inside(path, name)
    if (isRequired.includes(name)) changes.push(change(where, 'is new and required', 'writers'))
    if (!isOpen(before)) {
      changes.push(change(where, 'is new where nothing else was allowed', 'readers', 'writers'))
    }
  }
  return [...changes, ...compareOthers(before, after, path, compare)]
}

/** The members that have no name in the schema, as in Type.Record. */
function compareOthers(before: JsonSchema, after: JsonSchema, path: string, compare: Compare): Change[] {
  const [old, now] = [othersOf(before), othersOf(after)]
  const changes: Change[] = []
  for (const pattern of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [schema, successor] = [old[pattern], now[pattern]]
    const where = inside(path, '*')
    if (schema === false && successor === false) continue
    if (schema === false) changes.push(change(path, 'also allows members without a name', 'readers'))
    else if (successor === false) changes.push(change(path, 'allows no other members any more', 'writers'))
    else if (schema && successor) changes.push(...compare(schema, successor, where))
    else
      changes.push(change(where, `has changed for names of ${pattern || 'any kind'}`, 'readers', 'writers'))
  }
  return changes
}

function othersOf({
  patternProperties = {},
  additionalProperties = {},
}: JsonSchema): Record<string, JsonSchema | false> {
  return { ...(patternProperties as Properties), '': additionalProperties as JsonSchema | false }
}

function isOpen({ patternProperties, additionalProperties }: JsonSchema): boolean {
  return patternProperties === undefined && additionalProperties === undefined
}
