import { describe, expect, test } from 'bun:test'
import asyncapi from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { fixtureTree } from '../check/fixture.ts'
import { loadTopology } from '../topology/load.ts'
import { TopologyError } from '../topology/problem.ts'
import { exampleOf } from './example.ts'
import type { JsonSchema } from './json-schema.ts'
import { renderContracts } from './outputs.ts'

const topology = await loadTopology()
const outputs = new Map(await renderContracts(topology))

function read(path: string) {
  return JSON.parse(outputs.get(path) ?? '')
}

const named = (suffix: string) => [...outputs.keys()].filter(path => path.endsWith(suffix))

describe('of this repository', () => {
  test.each(named('openapi.json'))('%s is OpenAPI 3.1', async path => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(read(path))
    expect([errors, valid, validator.version]).toEqual([undefined, true, '3.1'])
    expect(unresolved(read(path))).toEqual([])
  })

  test.each(named('openapi.json'))('the schemas of %s compile', path => {
    const ajv = new Ajv2020({ strict: false })
    ajv.addSchema({ ...read(path), $id: 'openapi.json' })
    for (const pointer of schemasIn(read(path))) ajv.compile({ $ref: `openapi.json#${pointer}` })
  })

  test('asyncapi.json is AsyncAPI 3.0', () => {
    const ajv = addFormats.default(new Ajv({ strict: false }))
    expect([
      ajv.validate(asyncapi.schemasWithoutId['3.0.0'], read('docs/asyncapi.json')),
      ajv.errors,
    ]).toEqual([true, null])
    expect(unresolved(read('docs/asyncapi.json'))).toEqual([])
  })

  test('every topic has its schema, which its examples fit and other data does not', () => {
    const topics = topology.services.flatMap(service => service.publishes)
    expect(named('.schema.json').map(path => path.match(/([^/]+)\.schema\.json/)?.[1])).toEqual(topics.sort())
    for (const path of named('.schema.json')) {
      const validate = new Ajv2020({ strict: false }).compile(read(path))
      for (const member of read(path).anyOf as JsonSchema[]) {
        const example = exampleOf(member) as object
        expect([validate(example), validate.errors]).toEqual([true, null])
        expect(validate({ ...example, type: 'unheard-of' })).toBe(false)
      }
    }
  })

  test('the gateway offers exactly what its service.yaml calls', () => {
    const gateway = topology.services.find(({ name }) => name === 'gateway')
    const calls = Object.values(gateway?.calls ?? {}).flat()
    const paths = Object.entries(read('services/gateway/openapi.json').paths as Record<string, object>)
    const offered = paths.flatMap(([path, operations]) =>
      Object.keys(operations).map(verb => `${verb.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, '*')}`),
    )
    const rest = 'GET /shipments/*'
    expect(offered.sort()).toEqual([...calls.filter(call => !call.startsWith('GRPC ')), rest].sort())
  })
})

const yaml = (name: string, more = '') =>
  `name: ${name}\ndescription: ${name}.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: ${name === 'a' ? 8001 : 8002}\n${more}`
const manifest = '{ "version": "1.2.0" }'
const contract = `
/** Things. There are more. */
export const listThings = { kind: 'endpoint', method: 'GET', path: '/things/:id', status: 200, schemas: {
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  response: { type: 'string' },
} }
/** What happens to things. */
export const things = { kind: 'topic', pubsub: 'pubsub', name: 'things', data: { type: 'object', properties: {} } }
`

async function rendered(files: Record<string, string>): Promise<Map<string, string>> {
  await using tree = await fixtureTree(files)
  return new Map(await renderContracts(await loadTopology(tree.root), tree.root))
}

const fixture = {
  'services/a/service.yaml': yaml('a', 'publishes: [things]\n'),
  'services/a/contract/package.json': manifest,
  'services/a/contract/index.ts': contract,
  'services/b/service.yaml': yaml('b', 'public: true\ncalls: { a: [GET /things/*] }\nsubscribes: [things]\n'),
}

test('what comments say is told, and who produces and consumes', async () => {
  const files = await rendered(fixture)
  expect([...files.keys()].sort()).toEqual([
    'docs/asyncapi.json',
    'docs/events.md',
    'services/a/contract/openapi.json',
    'services/a/contract/schemas/things.schema.json',
    'services/b/openapi.json',
  ])
  const { info, paths } = JSON.parse(files.get('services/a/contract/openapi.json') ?? '')
  expect(info.version).toBe('1.2.0')
  expect(paths['/things/{id}'].get).toMatchObject({
    operationId: 'listThings',
    summary: 'Things',
    description: 'Things. There are more.',
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  })
  const operations = JSON.parse(files.get('docs/asyncapi.json') ?? '').operations
  expect(Object.keys(operations)).toEqual(['a.send.things', 'b.receive.things'])
  expect(files.get('docs/events.md')).toContain('What happens to things.')
})

test.each([
  ['a call of what is not declared', { 'services/b/service.yaml': yaml('b', 'calls: { a: [GET /gone] }\n') }],
  ['a topic that is not published', { 'services/a/service.yaml': yaml('a') }],
  [
    'a type that JSON does not have',
    {
      'services/a/contract/index.ts': contract.replace(
        "response: { type: 'string' }",
        "response: { type: 'Date' }",
      ),
    },
  ],
])('%s is refused', async (name, files) => {
  const broken = { ...fixture, 'services/b/service.yaml': yaml('b'), ...files }
  const error = await rendered(broken).catch(error => error)
  expect(error).toBeInstanceOf(TopologyError)
  expect(
    (error as TopologyError).problems.map(({ file, line, message }) => `${file}:${line} ${message}`),
  ).toEqual([
    {
      'a call of what is not declared':
        'services/b/service.yaml:1 calls GET /gone of a, whose contract has no such endpoint',
      'a topic that is not published':
        'services/a/contract/index.ts:8 things declares the topic things, which a does not publish',
      'a type that JSON does not have':
        'services/a/contract/index.ts:3 listThings has the type Date, which JSON Schema cannot say',
    }[name] ?? '',
  ])
})

/** References within a document that lead nowhere. */
function unresolved(document: JsonSchema): string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { $ref } = value as JsonSchema
    if (typeof $ref === 'string' && resolve(document, $ref) === undefined) found.push($ref)
    Object.values(value).forEach(visit)
  }
  visit(document)
  return found
}

function resolve(document: JsonSchema, reference: string): unknown {
  const steps = reference
    .slice(2)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce<unknown>((value, step) => (value as JsonSchema | undefined)?.[step], document)
}

/** JSON pointers to the schemas of a document's bodies, parameters and components. */
function schemasIn(value: unknown, pointer = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const inside = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return key === 'schema' ? [inside] : schemasIn(inner, inside)
  })
}
