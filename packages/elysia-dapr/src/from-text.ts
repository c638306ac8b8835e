import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/**
 * Makes the numbers and booleans that a schema asks for of texts, such as those of a URL or an environment.
 * What cannot be converted stays as it is, for the validation to refuse.
 *
 * TypeBox alone would make 1 of `1.5`, of `0x1` and of `1e400`, so a number has to be written as a plain decimal,
 * and an integer has to be a safe one: a larger one would name another thing.
 */
export function fromText(schema: TSchema, given: Record<string, unknown>): Record<string, unknown> {
  const converted = Value.Convert(schema, { ...given }) as Record<string, unknown>
  for (const [name, value] of Object.entries(converted)) {
    const before = given[name]
    if (!Array.isArray(value)) converted[name] = asWritten(value, before)
    else if (Array.isArray(before)) converted[name] = value.map((item, at) => asWritten(item, before[at]))
    // TypeBox would make a list of a single value.
    else converted[name] = before
  }
  return converted
}

function asWritten(value: unknown, given: unknown): unknown {
  return typeof value === 'number' && !isWritten(value, given) ? given : value
}

function isWritten(value: number, given: unknown): boolean {
  if (typeof given !== 'string') return value === given
  const safe = !Number.isInteger(value) || Number.isSafeInteger(value)
  return safe && plainDecimal.test(given) && value === Number(given)
}

const plainDecimal = /^-?(0|[1-9]\d*)(\.\d+)?$/
