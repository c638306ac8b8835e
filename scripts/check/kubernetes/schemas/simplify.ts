/** A JSON Schema, as Kubernetes' OpenAPI and the Dapr CRDs have them. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  [key: string]: unknown
}

export const definitionPrefix = '#/definitions/'

const kept = ['$ref', 'type', 'enum', 'pattern', 'minimum', 'maximum', 'minItems', 'minLength', 'required']

/**
 * What a manifest is held against: no prose, and no field but those that are named. (The API server drops what it does
 * not know, so that a misspelt field is as good as none.)
 */
export function simplify(schema: Schema): Schema {
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'])
    return { type: ['integer', 'string'] }
  const simple: Schema = {}
  for (const key of kept) if (schema[key] !== undefined) simple[key] = schema[key]
  if (schema.items) simple.items = simplify(schema.items)
  const { properties, additionalProperties } = schema
  if (properties) {
    simple.properties = Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, simplify(each)]),
    )
    if (!schema['x-kubernetes-preserve-unknown-fields']) simple.additionalProperties = false
  } else if (typeof additionalProperties === 'object')
    simple.additionalProperties = simplify(additionalProperties)
  return simple
}

/** The definitions that are reached from some, by name. */
export function reachable(
  names: readonly string[],
  definitions: Readonly<Record<string, Schema>>,
): Record<string, Schema> {
  const found: Record<string, Schema> = {}
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found[name]) continue
    const definition = definitions[name]
    if (!definition) throw new Error(`there is no definition ${name}`)
    found[name] = definition
    waiting.push(...referencesIn(definition))
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function referencesIn(schema: Schema): string[] {
  const { $ref, items, properties, additionalProperties } = schema
  return [
    ...($ref ? [$ref.slice(definitionPrefix.length)] : []),
    ...(items ? referencesIn(items) : []),
    ...Object.values(properties ?? {}).flatMap(referencesIn),
    ...(typeof additionalProperties === 'object' ? referencesIn(additionalProperties) : []),
  ]
}
