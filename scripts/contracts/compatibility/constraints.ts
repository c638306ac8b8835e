import type { JsonSchema } from '../json-schema.ts'

/** Keywords that say something to people or tools and refuse no value. */
const annotations = [
  '$id',
  '$comment',
  '$schema',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]

/** The keywords of a schema that refuse values; its parts stay as they are. */
export function constraintsOf(schema: JsonSchema): JsonSchema {
  const constraints = Object.entries(schema).filter(
    ([keyword, value]) =>
      !annotations.includes(keyword) &&
      value !== undefined &&
      !(keyword === 'uniqueItems' && value === false) &&
      !(keyword === 'additionalProperties' && value === true),
  )
  return Object.fromEntries(constraints)
}
