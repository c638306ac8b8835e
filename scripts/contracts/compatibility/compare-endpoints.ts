import type { JsonSchema } from '../json-schema.ts'
import type { Broken, Change } from './change.ts'
import { change, inside } from './change.ts'
import { compareSchemas } from './compare-schema.ts'
import { valuesOf } from './compare-values.ts'
import type { EndpointSnapshot } from './snapshot.ts'

/** What of the change of an endpoint breaks its callers. */
export function compareEndpoints(before: EndpointSnapshot, after: EndpointSnapshot): Change[] {
  return [
    ...(before.status === after.status
      ? []
      : [change('status', `was ${before.status}, is ${after.status}`, 'readers')]),
    ...input('path', paramsByPlace(before), paramsByPlace(after)),
    ...input('query', before.query ?? nothing, after.query ?? nothing),
    ...input('header', before.headers ?? nothing, after.headers ?? nothing),
    ...body(before.body, after.body),
    ...response(before.response, after.response),
    ...errors(before.errors ?? {}, after.errors ?? {}),
  ]
}

const nothing: JsonSchema = { type: 'object', properties: {} }

function input(part: string, before: JsonSchema, after: JsonSchema): Change[] {
  return that('writers', compareSchemas(before, after, part))
}

function body(before: JsonSchema | undefined, after: JsonSchema | undefined): Change[] {
  if (!before && !after) return []
  if (!before) return [change('body', 'is new and required', 'writers')]
  if (!after) return [change('body', 'was removed', 'writers')]
  return input('body', before, after)
}

function response(before: JsonSchema | undefined, after: JsonSchema | undefined): Change[] {
  if (!before) return []
  if (!after) return [change('response', 'was removed', 'readers')]
  return that('readers', compareSchemas(before, after, 'response'))
}

/** A new error is no break: a caller has to expect problem documents with any code. One that is gone is. */
function errors(before: Record<string, JsonSchema>, after: Record<string, JsonSchema>): Change[] {
  return Object.entries(before).flatMap(([status, schema]) => {
    const path = `error ${status}`
    const successor = after[status]
    if (!successor) return [change(path, 'was removed', 'readers')]
    const gone = codesIn(schema).filter(code => !codesIn(successor).includes(code))
    return [
      ...gone.map(code => change(path, `no longer has the code ${code}`, 'readers')),
      ...that('readers', compareSchemas(withoutCode(schema), withoutCode(successor), path)),
    ]
  })
}

function that(broken: Broken, changes: readonly Change[]): Change[] {
  return changes.filter(({ breaks }) => breaks.includes(broken))
}

function codesIn({ properties }: JsonSchema): unknown[] {
  const code = (properties as Record<string, JsonSchema> | undefined)?.code
  return (code && valuesOf(code)) ?? []
}

function withoutCode({ properties = {}, ...schema }: JsonSchema): JsonSchema {
  const { code: _code, ...rest } = properties as JsonSchema
  return { ...schema, properties: rest }
}

/** The params under their places in the path: another name is the same URL. */
function paramsByPlace({ path, params }: EndpointSnapshot): JsonSchema {
  const names = [...path.matchAll(/:([^/]+)/g)].map(match => match[1] ?? '')
  const properties = (params?.properties ?? {}) as Record<string, JsonSchema>
  const placed = names.map((name, index) => [inside('', `parameter ${index + 1}`), properties[name] ?? {}])
  return { type: 'object', required: placed.map(([place]) => place), properties: Object.fromEntries(placed) }
}
