import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyPlace } from '../../../../dapr/install/testing.ts'
import { findGo } from '../../../../dapr/install/toolchain.ts'
import { renderSchemas } from './generate.ts'
import { enumFieldsIn, enumsIn } from './go-enums.ts'
import { reachable, simplify } from './simplify.ts'

const go = await findGo(process.env, '/nowhere', undefined)
const why = 'reasons' in go ? `: ${go.reasons.join('; ')}` : ''

test.skipIf('reasons' in go)(
  `the committed file is what the pinned modules say${why}`,
  async () => {
    await using place = await emptyPlace()
    const work = join(place.path, 'work')
    await mkdir(work)
    expect(await renderSchemas(work)).toBe(await Bun.file(join(import.meta.dir, 'schemas.json')).text())
  },
  300_000,
)

test('prose goes, and no field may be added but where the schema leaves it open', () => {
  const schema = {
    description: 'A thing.',
    type: 'object',
    required: ['port'],
    properties: {
      port: { description: 'Where.', type: 'string', format: 'int-or-string' },
      labels: { type: 'object', additionalProperties: { type: 'string', default: '' } },
      value: { 'x-kubernetes-preserve-unknown-fields': true },
    },
  }
  expect(simplify(schema)).toEqual({
    type: 'object',
    required: ['port'],
    properties: {
      port: { type: ['integer', 'string'] },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      value: {},
    },
    additionalProperties: false,
  })
})

test('definitions are kept that are reached from the wanted ones, however often', () => {
  const to = (name: string) => ({ $ref: `#/definitions/${name}` })
  const definitions = {
    a: { properties: { b: { items: to('b') } } },
    b: { properties: { a: to('a'), c: { additionalProperties: to('c') } } },
    c: {},
    d: {},
  }
  expect(Object.keys(reachable(['a'], definitions))).toEqual(['a', 'b', 'c'])
  expect(() => reachable(['x'], definitions)).toThrow('there is no definition x')
})

test('Go types that are marked have their constants, and fields have theirs', () => {
  const source = `
// Policy says what is done.
// +enum
type Policy string

const (
	// Never does nothing.
	PolicyNever Policy = "Never"
	PolicyAlways Policy = "Always"
	Other string = "Other"
)

type Open string
const OpenOne Open = "One"

type Pod struct {
	Policy Policy \`json:"policy,omitempty" protobuf:"1"\`
	Each []Policy \`json:"each"\`
	Last *Policy \`json:"last,omitempty"\`
	Free Open \`json:"free"\`
}
`
  const values = ['Never', 'Always']
  expect(enumFieldsIn(source, enumsIn(source))).toEqual([
    { struct: 'Pod', field: 'policy', isList: false, values },
    { struct: 'Pod', field: 'each', isList: true, values },
    { struct: 'Pod', field: 'last', isList: false, values },
  ])
})
