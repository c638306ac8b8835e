import type { TSchema } from '@sinclair/typebox'

/** A JSON Schema (draft 2020-12) as plain JSON. */
export interface JsonSchema {
  [keyword: string]: unknown
}

/** Gives the reference that stands for a schema, or nothing when it is written out. */
export type Refer = (schema: object) => string | undefined

const jsonTypes = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']
const schemaMaps = ['properties', 'patternProperties']
const schemaLists = ['anyOf', 'allOf', 'oneOf']
const schemas = ['items', 'additionalProperties', 'unevaluatedProperties', 'not']

/** A TypeBox schema as plain JSON. What `refer` knows becomes a `$ref`, the schema itself excepted. */
export function toJsonSchema(schema: TSchema, refer: Refer = () => undefined): JsonSchema {
  const nested = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const $ref = refer(value)
    return $ref === undefined ? toJsonSchema(value as TSchema, refer) : { $ref }
  }
  const result: JsonSchema = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (schemaLists.includes(keyword)) result[keyword] = (value as unknown[]).map(nested)
    else if (schemaMaps.includes(keyword)) result[keyword] = mapValues(value, nested)
    else if (schemas.includes(keyword) && !Array.isArray(value)) result[keyword] = nested(value)
    else result[keyword] = value
  }
  return literalsAsEnum(tupleOf2020(result, nested))
}

/** What in a schema has no place in JSON Schema, such as the type `Date`; undefined when all of it has. */
export function unrenderable(schema: object): string | undefined {
  const { type, $ref } = schema as JsonSchema
  if ($ref !== undefined) return 'a reference (Type.Ref, Type.Recursive)'
  if (type !== undefined && ![type].flat().every(name => jsonTypes.includes(String(name)))) {
    return `the type ${String(type)}`
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const inner = schemaMaps.includes(keyword)
      ? Object.values(value)
      : [...schemaLists, ...schemas].includes(keyword)
        ? [value].flat()
        : []
    for (const part of inner) {
      const found = typeof part === 'object' && part !== null ? unrenderable(part) : undefined
      if (found) return found
    }
  }
  return undefined
}

/** TypeBox writes tuples as draft 7 does. */
function tupleOf2020({ items, additionalItems, ...rest }: JsonSchema, nested: (value: unknown) => unknown) {
  if (!Array.isArray(items)) return { ...rest, ...(items !== undefined && { items }) }
  return { ...rest, prefixItems: items.map(nested), items: additionalItems ?? true }
}

/** A union of plain literals of one type, as code generators want it. */
function literalsAsEnum(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf) || anyOf.length === 0) return schema
  const types = new Set(anyOf.map(member => member.type))
  const plain = anyOf.every(member => 'const' in member && Object.keys(member).length === 2)
  if (!plain || types.size !== 1) return schema
  return { ...rest, type: [...types][0], enum: anyOf.map(member => member.const) }
}

function mapValues(values: unknown, map: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(values as JsonSchema).map(([key, value]) => [key, map(value)]))
}

export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
