import { knownTypes } from '../../../dapr/install/known-types.ts'
import { nearest } from '../../spelling.ts'
import type { Service } from '../../topology/load.ts'
import type { Component } from './read-set.ts'

/** A component that services name in their service.yaml, and what a set has for it. */
export interface Needed {
  /** The building block, as component types begin. */
  kind: string
  name: string
  users: Service[]
  /** Of that name and kind. */
  component: Component | undefined
  /** What seems to be meant for it: of a name much like it that no service names, or of a type of another kind. */
  instead: Component | undefined
}

/** Kinds of components that a service.yaml lists by name, and the key that it lists them under. */
const usedByName = [
  ['state', 'stores'],
  ['bindings', 'bindings'],
  ['crypto', 'crypto'],
] as const

/** What a set has to have, by the topology. */
export function neededBy(services: readonly Service[], components: readonly Component[]): Needed[] {
  const wanted: [kind: string, name: string, users: Service[]][] = [
    ['pubsub', 'pubsub', services.filter(talks)],
    ...usedByName.flatMap(([kind, key]) =>
      [...new Set(services.flatMap(service => service[key]))].map((name): [string, string, Service[]] => [
        kind,
        name,
        services.filter(each => each[key].includes(name)),
      ]),
    ),
    ['secretstores', 'secrets', services.filter(({ secrets }) => secrets.length > 0)],
  ]
  const names = wanted.map(([, name]) => name)
  const strangers = components.filter(({ name }) => !names.includes(name.value))
  return wanted
    .filter(([, , users]) => users.length > 0)
    .map(([kind, name, users]) => {
      const component = components.find(each => each.name.value === name && isOfKind(each.type.value, kind))
      const near = nearest(
        name,
        strangers.filter(each => isOfKind(each.type.value, kind)).map(each => each.name.value),
      )
      const instead =
        components.find(each => each.name.value === name) ??
        strangers.find(each => each.name.value === near && isOfKind(each.type.value, kind))
      return { kind, name, users, component, instead: component ? undefined : instead }
    })
}

export function talks({ publishes, subscribes }: Service): boolean {
  return publishes.length + subscribes.length > 0
}

/** The key of a service.yaml that lists components of that kind by name, if there is one. */
export function keyOfServices({ type }: Component): string | undefined {
  return usedByName.find(([kind]) => isOfKind(type.value, kind))?.[1]
}

export function isOfKind(type: string, kind: string): boolean {
  return type.startsWith(`${kind}.`)
}

export function isKnownType({ type }: Component): boolean {
  return knownTypes().has(type.value)
}

export function namesOf(services: readonly Service[]): string {
  return services.map(({ name }) => name).join(', ')
}
