import { STATUS_CODES } from 'node:http'
import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import { type Endpoint, problem } from 'elysia-dapr/contract'
import type { Declared } from '../contract.ts'
import { firstSentence } from '../documentation.ts'
import type { JsonSchema } from '../json-schema.ts'
import type { Components } from './components.ts'

/** Any problem document: what an operation answers to failures that it does not declare. */
export const Problem = Type.Object(
  { ...problem('any').properties, code: Type.String({ description: 'Stable word for programs' }) },
  { description: 'A problem document (RFC 9457)' },
)

/** One operation of an OpenAPI document. */
export function renderOperation(
  { name, text, value: endpoint }: Declared<Endpoint>,
  operationId: string,
  tag: string,
  components: Components,
): JsonSchema {
  const { body } = endpoint.schemas
  const summary = firstSentence(text) || inWords(name)
  return {
    operationId,
    tags: [tag],
    summary,
    ...(text.replace(/\.$/, '') !== summary && text !== '' && { description: text.replaceAll('\n', '\n\n') }),
    ...parametersOf(endpoint, components),
    ...(body && { requestBody: { required: true, content: content('json', components.render(body)) } }),
    responses: responsesOf(endpoint, components),
  }
}

function parametersOf({ schemas }: Endpoint, components: Components): { parameters?: JsonSchema[] } {
  const parts = [
    ['path', schemas.params],
    ['query', schemas.query],
    ['header', schemas.headers],
  ] as const
  const parameters = parts.flatMap(([place, schema]) => {
    const { properties = {}, required = [] } = (schema ?? {}) as Partial<TObject>
    return Object.entries(properties).map(([name, value]) => {
      const { description, ...rest } = components.render(value)
      const about = { ...(typeof description === 'string' && { description }) }
      return { name, in: place, required: required.includes(name), ...about, schema: rest }
    })
  })
  return parameters.length > 0 ? { parameters } : {}
}

function responsesOf(endpoint: Endpoint, components: Components): JsonSchema {
  const { response } = endpoint.schemas
  const responses: JsonSchema = {
    [endpoint.status]: {
      description: STATUS_CODES[endpoint.status] ?? 'Success',
      ...(response && { content: content('json', components.render(response)) }),
    },
  }
  for (const [status, schema] of failuresOf(endpoint)) {
    const codes = codesOf(schema)
    responses[status] = {
      description: codes.length > 0 ? codes.join(', ') : (STATUS_CODES[Number(status)] ?? 'Failure'),
      content: content('problem+json', components.render(schema)),
    }
  }
  responses.default = { $ref: '#/components/responses/Problem' }
  return responses
}

/** The declared failures, and that of an input that does not fit its schema. */
function failuresOf({ schemas }: Endpoint): [status: string, schema: TSchema][] {
  const { params, query, headers, body, errors = {} } = schemas
  const invalid = [
    ...(params || query || headers ? ['invalid-request'] : []),
    ...(body ? ['invalid-body'] : []),
  ]
  const failures: Record<string, TSchema> = { ...errors }
  if (invalid.length > 0) failures[422] = withCodes(failures[422], invalid)
  return Object.entries(failures).sort(([a], [b]) => Number(a) - Number(b))
}

function withCodes(declared: TSchema | undefined, codes: string[]): TSchema {
  if (!declared) return problem(...codes)
  const before = codesOf(declared)
  if (before.length === 0) return Type.Union([declared, problem(...codes)])
  const { code } = problem(...before, ...codes).properties
  return Type.Object({ ...(declared as TObject).properties, code })
}

/** The codes of a problem's schema; none when it is no problem's. */
export function codesOf(schema: TSchema): string[] {
  const code = (schema as Partial<TObject>).properties?.code
  const members: TSchema[] = code?.anyOf ?? (code ? [code] : [])
  return members.flatMap(member => (typeof member.const === 'string' ? [member.const] : []))
}

function content(type: string, schema: unknown): JsonSchema {
  return { [`application/${type}`]: { schema } }
}

/** `listProducts` as `List products`. */
function inWords(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
