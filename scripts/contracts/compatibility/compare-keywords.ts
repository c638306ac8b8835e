import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../json-schema.ts'
import { type Change, change, shown } from './change.ts'

const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
/** To have one of these is to refuse more. */
const restrictions = [...lowerLimits, ...upperLimits, 'pattern', 'format', 'multipleOf', 'uniqueItems']
/** Compared elsewhere. */
const structure = ['type', 'properties', 'required', 'additionalProperties', 'patternProperties', 'items']

/** Compares what two schemas of one type ask for beside their parts. */
export function compareKeywords(before: JsonSchema, after: JsonSchema, path: string): Change[] {
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keywords]
    .filter(keyword => !structure.includes(keyword) && !isDeepStrictEqual(before[keyword], after[keyword]))
    .map(keyword => compareKeyword(keyword, before[keyword], after[keyword], path))
}

function compareKeyword(keyword: string, old: unknown, now: unknown, path: string): Change {
  const known = restrictions.includes(keyword)
  if (old === undefined) {
    return change(
      path,
      `has a new ${keyword} ${shown(now)}`,
      'writers',
      ...(known ? [] : (['readers'] as const)),
    )
  }
  if (now === undefined) {
    return change(
      path,
      `has lost its ${keyword} ${shown(old)}`,
      'readers',
      ...(known ? [] : (['writers'] as const)),
    )
  }
  const what = `had ${keyword} ${shown(old)}, has ${shown(now)}`
  if (typeof old === 'number' && typeof now === 'number') {
    if (lowerLimits.includes(keyword)) return change(path, what, now > old ? 'writers' : 'readers')
    if (upperLimits.includes(keyword)) return change(path, what, now < old ? 'writers' : 'readers')
  }
  return change(path, what, 'readers', 'writers')
}
