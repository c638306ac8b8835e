import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/**
 * Makes the numbers and booleans that a schema asks for of texts, such as those of a URL or an environment.
 * What cannot be converted stays as it is, for the validation to refuse.
 *
 * TypeBox alone would make 1 of `1.5` and of `1e400`, so a number has to be the one that was written.
 */
export function fromText(schema: TSchema, given: Record<string, unknown>): Record<string, unknown> {
  const converted = Value.Convert(schema, { ...given }) as Record<string, unknown>
  for (const [name, value] of Object.entries(converted)) {
    if (typeof value === 'number' && value !== Number(given[name])) converted[name] = given[name]
  }
  return converted
}
