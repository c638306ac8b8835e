import { isDeepStrictEqual } from 'node:util'
import { typeName } from '../fields.ts'
import type { JsonSchema } from '../json-schema.ts'
import { type Change, change } from './change.ts'
import { compareKeywords } from './compare-keywords.ts'
import { compareObjects } from './compare-objects.ts'
import { compareUnions } from './compare-unions.ts'
import { compareValues, valuesOf } from './compare-values.ts'
import { constraintsOf } from './constraints.ts'

/**
 * What of the change from one schema to another breaks those who write or read such values. Schemas are those of
 * `toJsonSchema`; a keyword that is not known here counts as broken both ways when it differs. No library does this:
 * json-schema-diff 1.0.0 answers with the sets of values that were added and removed, not with the fields.
 */
export function compareSchemas(before: JsonSchema, after: JsonSchema, path = ''): Change[] {
  const [old, now] = [constraintsOf(before), constraintsOf(after)]
  if (isDeepStrictEqual(old, now)) return []
  if (isAnything(old)) return [change(path, `was anything, is ${typeName(now)}`, 'writers')]
  if (isAnything(now)) return [change(path, `was ${typeName(old)}, may be anything`, 'readers')]
  if (valuesOf(old) || valuesOf(now)) return compareValues(old, now, path)
  if (old.anyOf || now.anyOf) return compareUnions(old, now, path, compareSchemas)
  if (old.type !== now.type) return [changedType(old, now, path)]
  const changes = compareKeywords(old, now, path)
  if (old.type === 'object') changes.push(...compareObjects(old, now, path, compareSchemas))
  if (old.type === 'array') {
    const [items = {}, newItems = {}] = [old.items, now.items] as (JsonSchema | undefined)[]
    changes.push(...compareSchemas(items, newItems, `${path}[]`))
  }
  return changes
}

/** Compares two schemas at a path. */
export type Compare = typeof compareSchemas

function changedType(before: JsonSchema, after: JsonSchema, path: string): Change {
  const what = `was ${typeName(before)}, is ${typeName(after)}`
  const onlyType = Object.keys(before).length === 1 && Object.keys(after).length === 1
  if (onlyType && before.type === 'integer' && after.type === 'number') return change(path, what, 'readers')
  if (onlyType && before.type === 'number' && after.type === 'integer') return change(path, what, 'writers')
  return change(path, what, 'readers', 'writers')
}

function isAnything(schema: JsonSchema): boolean {
  return Object.keys(schema).length === 0
}
