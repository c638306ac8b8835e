import { expect, test } from 'bun:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import type { JsonSchema } from '../json-schema.ts'
import { anySchema, changed, valueFor } from '../test/arbitrary-schema.ts'
import { type Broken, breaks } from './change.ts'
import { compareSchemas } from './compare-schema.ts'

const ajv = new Ajv2020({ strict: false })

const cases = anySchema.chain(before =>
  changed(before).chain(after =>
    fc.tuple(fc.constant(before), fc.constant(after), valueFor(before), valueFor(after)),
  ),
)

test('what is called no break is none: the values of one schema fit the other', () => {
  const told = { writers: 0, readers: 0 }
  const property = fc.property(cases, ([before, after, written, read]) => {
    const changes = compareSchemas(before, after)
    if (!breaks(changes, 'writers')) {
      told.writers += 1
      if (!ajv.validate(after, written)) throw new Error(`${JSON.stringify(written)} no longer fits`)
    }
    if (!breaks(changes, 'readers')) {
      told.readers += 1
      if (!ajv.validate(before, read)) throw new Error(`${JSON.stringify(read)} did not fit before`)
    }
  })
  fc.assert(property, { numRuns: 400 })
  // the property says something only of changes that are called compatible
  expect(Math.min(told.writers, told.readers)).toBeGreaterThan(50)
}, 60_000)

test('a schema is compatible with itself, whatever people write into it', () => {
  const property = fc.property(anySchema, schema => {
    const told = { ...schema, title: 'Another', description: 'text', examples: [1] }
    expect(compareSchemas(schema, told)).toEqual([])
  })
  fc.assert(property, { numRuns: 200 })
})

const text = { type: 'string' }
const both: Broken[] = ['readers', 'writers']

test.each<[string, JsonSchema, JsonSchema, Broken[]]>([
  ['a narrower range', { type: 'integer', maximum: 9 }, { type: 'integer', maximum: 8 }, ['writers']],
  ['a wider range', { type: 'integer', minimum: 1 }, { type: 'integer', minimum: 0 }, ['readers']],
  ['a new limit', text, { ...text, maxLength: 5 }, ['writers']],
  ['a lost limit', { ...text, maxLength: 5 }, text, ['readers']],
  ['another pattern', { ...text, pattern: 'a' }, { ...text, pattern: 'b' }, both],
  ['another type', text, { type: 'integer' }, both],
  ['fractions refused', { type: 'number' }, { type: 'integer' }, ['writers']],
  ['fractions allowed', { type: 'integer' }, { type: 'number' }, ['readers']],
  ['fewer literals', { enum: ['a', 'b'] }, { const: 'a' }, ['writers']],
  ['more literals', { const: 'a' }, { enum: ['a', 'b'] }, ['readers']],
  ['a changed literal', { const: 'a' }, { const: 'b' }, both],
  ['any text instead of literals', { enum: ['a'] }, text, ['readers']],
  ['literals instead of any text', text, { enum: ['a'] }, ['writers']],
  ['a keyword that is not known', text, { ...text, contentEncoding: 'base64' }, both],
  ['a member of a union gone', { anyOf: [text, { type: 'null' }] }, text, ['writers']],
  ['a member of a union new', text, { anyOf: [text, { type: 'null' }] }, ['readers']],
])('%s', (_, before, after, broken) => {
  const [found, ...others] = compareSchemas(before, after)
  expect(others).toEqual([])
  expect([...(found?.breaks ?? [])].sort()).toEqual(broken)
})
