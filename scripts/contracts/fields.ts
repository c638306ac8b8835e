import type { JsonSchema } from './json-schema.ts'

export interface Field {
  /** As in `lines[].quantity`. */
  path: string
  /** For people, as in `integer ≥ 1`. */
  type: string
  required: boolean
  description: string
}

/** Every field of an object, those of its parts right after it. */
export function fieldsOf(schema: JsonSchema, prefix = ''): Field[] {
  const required = (schema.required ?? []) as string[]
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, inner]) => {
    const path = prefix + name
    const description = typeof inner.description === 'string' ? inner.description : ''
    const field = { path, type: typeName(inner), required: required.includes(name), description }
    const [part, suffix] = inner.type === 'array' ? [inner.items as JsonSchema, '[].'] : [inner, '.']
    return [field, ...(part ? fieldsOf(part, path + suffix) : [])]
  })
}

/** A schema in a few words. */
export function typeName(schema: JsonSchema): string {
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' or ')
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map(typeName).join(' or ')
  if (schema.type === 'array') {
    return `${schema.minItems ? `${schema.minItems} or more` : 'list'} of ${typeName((schema.items ?? {}) as JsonSchema)}`
  }
  if (typeof schema.type !== 'string') return 'anything'
  const { minimum, maximum, pattern } = schema
  const range = [minimum !== undefined && `≥ ${minimum}`, maximum !== undefined && `≤ ${maximum}`]
  const limits = [...range.filter(Boolean), pattern !== undefined && `\`${pattern}\``].filter(Boolean)
  return limits.length > 0 ? `${schema.type} ${limits.join(', ')}` : schema.type
}
