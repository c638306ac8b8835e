import fc from 'fast-check'
import type { JsonSchema } from '../json-schema.ts'

const patterns = ['^[a-c]*$', '^[a-z]*$']
const names = ['a', 'b', 'c', 'type']

const limit = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
const upper = fc.option(fc.integer({ min: 3, max: 6 }), { nil: undefined })

const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.record({ type: fc.constantFrom('integer', 'number'), minimum: limit, maximum: upper }).map(defined),
  fc.record({ type: fc.constant('string'), minLength: limit, maxLength: upper }).map(defined),
  fc.record({ type: fc.constant('string'), pattern: fc.constantFrom(...patterns) }),
  fc.constantFrom<JsonSchema>({ type: 'boolean' }, { type: 'null' }, {}),
  fc.constantFrom('x', 'y', 1).map(value => ({ const: value, type: typeof value })),
  fc
    .uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 })
    .map(values => ({ type: 'string', enum: values })),
)

/** Schemas of the kinds that contracts use, a few levels deep. */
export const anySchema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>(
  tie => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      tie('object'),
      fc
        .record({ type: fc.constant('array'), items: tie('schema'), minItems: limit, maxItems: upper })
        .map(defined),
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map(anyOf => ({ anyOf })),
      fc.array(tie('object'), { minLength: 1, maxLength: 3 }).map(discriminated),
    ),
    object: fc
      .record({
        properties: fc.dictionary(fc.constantFrom(...names), tie('schema'), { noNullPrototype: true }),
        optional: fc.subarray(names),
        closed: fc.boolean(),
      })
      .map(({ properties, optional, closed }) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).filter(name => !optional.includes(name)),
        ...(closed && { additionalProperties: false }),
      })),
  }),
).schema

/** The schema after a change somewhere in it. */
export function changed(schema: JsonSchema): fc.Arbitrary<JsonSchema> {
  const changes: fc.Arbitrary<JsonSchema>[] = [anySchema, fc.constant(schema)]
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  if (schema.type === 'object') {
    for (const [name, inner] of Object.entries(properties)) {
      const { [name]: _gone, ...rest } = properties
      const others = required.filter(other => other !== name)
      changes.push(
        fc.constant({ ...schema, properties: rest, required: others }),
        fc.constant({ ...schema, required: required.includes(name) ? others : [...required, name] }),
        changed(inner).map(after => ({ ...schema, properties: { ...properties, [name]: after } })),
      )
    }
    changes.push(
      anySchema.map(d => ({ ...schema, properties: { ...properties, d } })),
      anySchema.map(d => ({ ...schema, properties: { ...properties, d }, required: [...required, 'd'] })),
    )
  }
  if (schema.items) changes.push(changed(schema.items as JsonSchema).map(items => ({ ...schema, items })))
  if (Array.isArray(schema.anyOf)) {
    const members: JsonSchema[] = schema.anyOf
    changes.push(
      fc.subarray(members, { minLength: 1 }).map(anyOf => ({ anyOf })),
      anySchema.map(member => ({ anyOf: [...members, member] })),
      fc
        .tuple(...members.map(member => fc.oneof(fc.constant(member), changed(member))))
        .map(anyOf => ({ anyOf })),
    )
  }
  for (const keyword of ['minimum', 'minLength', 'minItems', 'maximum', 'maxLength', 'maxItems']) {
    if (schema[keyword] === undefined) continue
    const [least, most] = keyword.startsWith('min') ? [0, 3] : [3, 6]
    changes.push(fc.integer({ min: least, max: most }).map(value => ({ ...schema, [keyword]: value })))
  }
  return fc.oneof(...changes)
}

/** Values that a schema describes: members that it does not name are absent. */
export function valueFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(valueFor))
  const { minimum = -2, maximum = 8, minLength = 0, maxLength = 8, minItems = 0, maxItems = 8 } = schema
  switch (schema.type) {
    case 'object': {
      const entries = Object.entries(schema.properties as Record<string, JsonSchema>)
      const model = Object.fromEntries(entries.map(([name, inner]) => [name, valueFor(inner)]))
      return fc.record(model, { requiredKeys: schema.required as string[], noNullPrototype: true })
    }
    case 'array':
      return fc.array(valueFor(schema.items as JsonSchema), {
        minLength: Number(minItems),
        maxLength: Math.min(Number(maxItems), Number(minItems) + 3),
      })
    case 'string':
      if (schema.pattern) return fc.stringMatching(new RegExp(String(schema.pattern)))
      return fc.string({ minLength: Number(minLength), maxLength: Number(maxLength) })
    case 'integer':
      return fc.integer({ min: Number(minimum), max: Number(maximum) })
    case 'number':
      return fc.double({ min: Number(minimum), max: Number(maximum), noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue()
  }
}

function discriminated(objects: JsonSchema[]): JsonSchema {
  const anyOf = objects.map((object, index) => ({
    ...object,
    properties: { ...(object.properties as object), type: { const: `t${index}`, type: 'string' } },
    required: [...new Set([...(object.required as string[]), 'type'])],
  }))
  return { anyOf }
}

function defined(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined))
}
