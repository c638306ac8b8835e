import type { TObject, TSchema } from '@sinclair/typebox'
import type { Topic } from 'elysia-dapr/contract'
import type { Topology } from '../topology/load.ts'
import type { Contract, Declared } from './contract.ts'
import { type JsonSchema, toJsonSchema } from './json-schema.ts'

/** One kind of event in a topic. */
export interface EventType {
  /** The literal of its member `type`; the topic's name without one. */
  name: string
  schema: TSchema
}

/** A topic with everything that is known of it. */
export interface TopicUse extends Declared<Topic> {
  contract: Contract
  events: EventType[]
  /** Names of services. */
  producers: string[]
  consumers: string[]
}

/** All topics, in the order of their names. */
export function topicUses(contracts: readonly Contract[], { services }: Topology): TopicUse[] {
  return contracts
    .flatMap(contract =>
      contract.topics.map(declared => ({
        ...declared,
        contract,
        events: eventTypes(declared.value),
        producers: services.filter(s => s.publishes.includes(declared.value.name)).map(s => s.name),
        consumers: services.filter(s => s.subscribes.includes(declared.value.name)).map(s => s.name),
      })),
    )
    .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
}

/** The members of a topic's union, or its one schema. */
export function eventTypes({ name, data }: Topic): EventType[] {
  const members: TSchema[] = Array.isArray(data.anyOf) ? data.anyOf : [data]
  const named = members.map(schema => ({
    schema,
    literal: (schema as Partial<TObject>).properties?.type?.const,
  }))
  return named.map(({ schema, literal }, index) => ({
    name: typeof literal === 'string' ? literal : members.length > 1 ? `${name}-${index + 1}` : name,
    schema,
  }))
}

/** The data of a topic as JSON Schema; each event type has its name as title. */
export function topicData(topic: Topic): JsonSchema {
  const members = eventTypes(topic).map(({ name, schema }) => ({ title: name, ...toJsonSchema(schema) }))
  const { anyOf, ...rest } = topic.data
  if (!Array.isArray(anyOf)) return members[0] ?? {}
  return { ...toJsonSchema(rest as TSchema), anyOf: members }
}
