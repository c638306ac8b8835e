import type { TSchema } from '@sinclair/typebox'
import type { Endpoint } from 'elysia-dapr/contract'
import type { Topology } from '../../topology/load.ts'
import type { Contract } from '../contract.ts'
import { topicData } from '../events.ts'
import { type JsonSchema, toJsonSchema } from '../json-schema.ts'
import { offersOf, operationOf } from '../operations.ts'

/** Everything of a service that others rely on, as plain JSON. */
export interface Snapshot {
  topics: Record<string, { pubsub: string; data: JsonSchema }>
  /** By operation, e.g. `GET /orders/*`. */
  endpoints: Record<string, EndpointSnapshot>
  /** Of a service that faces the public: the operations that it offers. */
  offers?: string[]
}

export interface EndpointSnapshot {
  path: string
  status: number
  params?: JsonSchema
  query?: JsonSchema
  headers?: JsonSchema
  body?: JsonSchema
  response?: JsonSchema
  errors?: Record<string, JsonSchema>
}

/** A service with what others rely on. */
export interface Subject {
  service: string
  snapshot: Snapshot
  /** Where its published state is kept, relative to the repository root. */
  publishedFile: string
  /** Where a finding belongs: of an operation, `topic <name>` or an offer. */
  places: Map<string, { file: string; line: number }>
  /** Where a finding belongs whose value is gone. */
  file: string
}

/** Every service that has a contract or faces the public, in the order of their names. */
export function subjectsOf({ services }: Topology, contracts: readonly Contract[]): Subject[] {
  return services.flatMap(service => {
    const contract = contracts.find(other => other.service.name === service.name)
    if (!contract && !service.public) return []
    const folder = contract ? `${service.dir}/contract` : service.dir
    const topics = contract?.topics ?? []
    const endpoints = contract?.endpoints ?? []
    const snapshot: Snapshot = {
      topics: Object.fromEntries(topics.map(({ value }) => [value.name, topicSnapshot(value)])),
      endpoints: Object.fromEntries(
        endpoints.map(({ value }) => [operationOf(value), endpointSnapshot(value)]),
      ),
    }
    if (service.public) {
      snapshot.offers = offersOf(service, contracts)
        .map(({ endpoint }) => operationOf(endpoint.value))
        .sort()
    }
    const places = new Map([
      ...topics.map(({ value, file, line }) => [`topic ${value.name}`, { file, line }] as const),
      ...endpoints.map(({ value, file, line }) => [operationOf(value), { file, line }] as const),
    ])
    const file = contract ? `${folder}/index.ts` : `${service.dir}/service.yaml`
    return [{ service: service.name, snapshot, publishedFile: `${folder}/published.json`, places, file }]
  })
}

function topicSnapshot(topic: Contract['topics'][number]['value']) {
  return { pubsub: topic.pubsub, data: topicData(topic) }
}

function endpointSnapshot({ path, status, schemas: { errors, ...schemas } }: Endpoint): EndpointSnapshot {
  const rendered = (all: Record<string, TSchema>) =>
    Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, toJsonSchema(schema)]))
  return {
    path,
    status,
    ...rendered(schemas as Record<string, TSchema>),
    ...(errors && { errors: rendered(errors) }),
  }
}
