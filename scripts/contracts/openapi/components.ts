import type { TSchema } from '@sinclair/typebox'
import type { Contract } from '../contract.ts'
import { type JsonSchema, type Refer, toJsonSchema } from '../json-schema.ts'

export interface Components {
  refer: Refer
  /** A schema where it is used: a reference when a contract exports it. */
  render: (schema: TSchema) => JsonSchema
  /** What was referred to, in the order of the names. */
  schemas: () => Record<string, JsonSchema>
}

/** The schemas that contracts export, by name; `<service>.<name>` where two services use one name. */
export function createComponents(contracts: readonly Contract[]): Components {
  const names = namesOf(contracts)
  const used = new Map<string, JsonSchema>()

  const refer: Refer = schema => {
    const name = names.get(schema)
    if (name === undefined) return undefined
    if (!used.has(name)) {
      used.set(name, {})
      used.set(name, toJsonSchema(schema as TSchema, refer))
    }
    return `#/components/schemas/${name}`
  }

  return {
    refer,
    render(schema) {
      const $ref = refer(schema)
      return $ref === undefined ? toJsonSchema(schema, refer) : { $ref }
    },
    schemas: () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** `Problem` is the name of what every operation can answer. */
function namesOf(contracts: readonly Contract[]): Map<object, string> {
  const exported = contracts.flatMap(({ service, schemas }) =>
    schemas.map(({ name, value }) => ({ name, value, service: service.name })),
  )
  const count = (name: string) => exported.filter(other => other.name === name).length
  return new Map(
    exported.map(({ name, value, service }) => [
      value,
      count(name) > 1 || name === 'Problem' ? `${service}.${name}` : name,
    ]),
  )
}
