import type { JsonSchema } from './json-schema.ts'

/** Texts that are tried for a pattern, the plainest first. */
const texts = [
  'text',
  '00000000-0000-7000-8000-000000000001',
  'tok_text',
  '"1"',
  '2026-01-31',
  '2026-01-31T12:00:00.000Z',
  '1',
]

/**
 * A value that fits the schema, always the same. `examples`, `default` and `const` decide; a pattern that none of the
 * usual texts fits gives the pattern in angle brackets.
 */
export function exampleOf(schema: JsonSchema): unknown {
  if (Array.isArray(schema.examples)) return schema.examples[0]
  if ('default' in schema) return schema.default
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (Array.isArray(schema.anyOf)) return exampleOf(schema.anyOf[0])
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([name, inner]) => [
          name,
          exampleOf(inner),
        ]),
      )
    case 'array':
      return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, () =>
        exampleOf((schema.items ?? {}) as JsonSchema),
      )
    case 'string':
      return exampleText(schema)
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? 1)
    case 'boolean':
      return true
    default:
      return null
  }
}

function exampleText({ pattern, description, minLength = 0, maxLength = Infinity }: JsonSchema): string {
  if (typeof pattern !== 'string') {
    if (/RFC 3339/.test(String(description))) return '2026-01-31T12:00:00.000Z'
    return 'text'.padEnd(Number(minLength), ' text').slice(0, Number(maxLength))
  }
  return texts.find(text => new RegExp(pattern, 'u').test(text)) ?? `<${pattern}>`
}
