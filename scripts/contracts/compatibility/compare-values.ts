import { isDeepStrictEqual } from 'node:util'
import { typeName } from '../fields.ts'
import type { JsonSchema } from '../json-schema.ts'
import { type Change, change, shown } from './change.ts'

/** The values that a schema allows when it lists them: a literal, an enum or a union of literals. */
export function valuesOf(schema: JsonSchema): unknown[] | undefined {
  if ('const' in schema) return [schema.const]
  if (Array.isArray(schema.enum)) return schema.enum
  if (!Array.isArray(schema.anyOf)) return undefined
  const members = schema.anyOf.map(valuesOf)
  return members.every(values => values !== undefined) ? members.flat() : undefined
}

/** Compares two schemas of which at least one lists its values. */
export function compareValues(before: JsonSchema, after: JsonSchema, path: string): Change[] {
  const [old, now] = [valuesOf(before), valuesOf(after)]
  const what = `was ${typeName(before)}, is ${typeName(after)}`
  if (!old) return [change(path, what, 'writers', ...(fit(now ?? [], before) ? [] : (['readers'] as const)))]
  if (!now) return [change(path, what, 'readers', ...(fit(old, after) ? [] : (['writers'] as const)))]
  const removed = without(old, now)
  const added = without(now, old)
  if (old.length === 1 && now.length === 1 && removed.length === 1) {
    return [change(path, what, 'readers', 'writers')]
  }
  return [
    ...removed.map(value => change(path, `no longer allows ${shown(value)}`, 'writers')),
    ...added.map(value => change(path, `also allows ${shown(value)}`, 'readers')),
  ]
}

/** Whether all values are of the type that is all the schema asks for. */
function fit(values: unknown[], schema: JsonSchema): boolean {
  const asksForType = Object.keys(schema).length === 1
  return asksForType && values.every(value => typeof value === schema.type)
}

function without(values: unknown[], others: unknown[]): unknown[] {
  return values.filter(value => !others.some(other => isDeepStrictEqual(value, other)))
}
