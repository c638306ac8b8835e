import type { TSchema } from '@sinclair/typebox'
import type { Service, Topology } from '../topology/load.ts'
import type { Problem } from '../topology/problem.ts'
import type { Contract, Declared } from './contract.ts'
import { unrenderable } from './json-schema.ts'
import { isGrpc, operationOf } from './operations.ts'

/** Where contracts and service.yaml files contradict each other, and what in a contract is no JSON. */
export function contractProblems(contracts: readonly Contract[], { services }: Topology): Problem[] {
  return [
    ...services.flatMap(service => callProblems(service, contracts)),
    ...contracts.flatMap(topicProblems),
    ...doubleTopics(contracts),
    ...contracts.flatMap(schemaProblems),
  ]
}

function callProblems(service: Service, contracts: readonly Contract[]): Problem[] {
  return contracts.flatMap(contract => {
    const known = contract.endpoints.map(({ value }) => operationOf(value))
    return (service.calls[contract.service.name] ?? [])
      .filter(operation => !isGrpc(operation) && !known.includes(operation))
      .map(operation => ({
        ...at(`${service.dir}/service.yaml`),
        message: `calls ${operation} of ${contract.service.name}, whose contract has no such endpoint`,
        fix: `declare it in ${contract.service.dir}/contract, or call one of ${known.join(', ') || 'none'}`,
      }))
  })
}

function topicProblems({ service, topics }: Contract): Problem[] {
  const file = `${service.dir}/service.yaml`
  const declared = topics.map(({ value }) => value.name)
  const undeclared = service.publishes.filter(name => !declared.includes(name))
  return [
    ...undeclared.map(name => ({
      ...at(file),
      message: `publishes ${name}, which its contract does not declare`,
      fix: `export a topic of that name from ${service.dir}/contract`,
    })),
    ...topics
      .filter(({ value }) => !service.publishes.includes(value.name))
      .map(({ name, value, ...place }) => ({
        ...at(place.file, place.line),
        message: `${name} declares the topic ${value.name}, which ${service.name} does not publish`,
        fix: `add it to publishes in ${file}, or remove it here`,
      })),
  ]
}

function doubleTopics(contracts: readonly Contract[]): Problem[] {
  const owners = new Map<string, string>()
  return contracts.flatMap(({ service, topics }) =>
    topics.flatMap(({ value, file, line }) => {
      const owner = owners.get(value.name)
      owners.set(value.name, owner ?? service.name)
      if (owner === undefined) return []
      const message = `the topic ${value.name} is declared by ${owner} already`
      return [{ ...at(file, line), message, fix: 'give it another name' }]
    }),
  )
}

function schemaProblems({ endpoints, topics }: Contract): Problem[] {
  const schemasOf = ({ value }: Contract['endpoints'][number]): (TSchema | undefined)[] => {
    const { errors = {}, ...schemas } = value.schemas
    return [...Object.values(schemas), ...Object.values(errors)]
  }
  const all: [Declared<unknown>, TSchema | undefined][] = [
    ...endpoints.flatMap(endpoint => schemasOf(endpoint).map(schema => [endpoint, schema] as never)),
    ...topics.map(topic => [topic, topic.value.data] as never),
  ]
  return all.flatMap(([{ name, file, line }, schema]) => {
    const found = schema && unrenderable(schema)
    if (!found) return []
    const message = `${name} has ${found}, which JSON Schema cannot say`
    return [{ ...at(file, line), message, fix: 'use a type that JSON has, such as a string with a pattern' }]
  })
}

function at(file: string, line = 1) {
  return { file, line, column: 1 }
}
