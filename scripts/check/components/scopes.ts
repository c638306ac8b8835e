import { spelling } from '../../spelling.ts'
import type { Service } from '../../topology/load.ts'
import { isOfKind, keyOfServices, type Needed } from './needed.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'

/**
 * The scopes that component files write by hand are those that service.yaml asks for: a topic that is missing is
 * forbidden at run time, one too many is open to an app that has no business with it.
 * https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/
 */
export function checkScopes(
  components: readonly Component[],
  needed: readonly Needed[],
  services: readonly Service[],
): SetFinding[] {
  const usersOf = (component: Component) => useOf(component, needed)?.users
  return components.flatMap(component => {
    // without a name or a type: told as that
    if (component.name.value === '' || component.type.value === '') return []
    if (needed.some(({ instead }) => instead === component)) return []
    const own = usersOf(component)
    const lent = borrowers(component, components)
    if (!own && lent.length === 0) return checkUnnamed(component, services)
    const apps = new Set([
      ...(own ?? []),
      ...lent.flatMap(each => usersOf(each) ?? services.filter(service => isFor(service, each))),
    ])
    const users = services.filter(service => apps.has(service))
    const topics = isOfKind(component.type.value, 'pubsub') ? checkTopics(component, users) : []
    return [...checkApps(component, users), ...topics]
  })
}

function useOf({ name, type }: Component, needed: readonly Needed[]): Needed | undefined {
  return needed.find(each => each.component?.name.value === name.value && isOfKind(type.value, each.kind))
}

/**
 * The components whose own secrets come from this store: each sidecar that loads one of them has to load the store as
 * well. One that names no store of the set is told as that, and may mean this one.
 */
function borrowers(store: Component, components: readonly Component[]): Component[] {
  if (!isOfKind(store.type.value, 'secretstores')) return []
  const stores = components.filter(({ type }) => isOfKind(type.value, 'secretstores'))
  // the one of Kubernetes itself is there without a component
  const names = ['kubernetes', ...stores.map(({ name }) => name.value)]
  return components.filter(({ secretStore, metadata }) =>
    secretStore && names.includes(secretStore.value)
      ? secretStore.value === store.name.value
      : [...metadata.values()].some(({ secret }) => secret),
  )
}

function isFor({ name }: Service, { scopes }: Component): boolean {
  return scopes === undefined || scopes.value.includes(name)
}

/** One that no service.yaml names: of a kind that it cannot name, the scopes alone tell who uses it. */
function checkUnnamed(component: Component, services: readonly Service[]): SetFinding[] {
  const { file, line, scopes } = component
  const key = keyOfServices(component)
  if (key) {
    const fix = `remove the component, or name it under ${key} in the service.yaml of who uses it`
    return [{ file, line, message: 'no service.yaml uses it', fix }]
  }
  if (scopes === undefined) {
    const fix = 'write "scopes: […]" with the apps that use it, or remove the component'
    return [{ file, line, message: 'has no scopes, so every app may use it', fix }]
  }
  const names = services.map(({ name }) => name)
  return scopes.value
    .filter(app => !names.includes(app))
    .map(app => ({
      ...{ file, line: scopes.line },
      message: `scopes have ${app}, which is no service`,
      fix: spelling(app, names),
    }))
}

function checkApps({ file, line, scopes }: Component, users: readonly Service[]): SetFinding[] {
  const wanted = users.map(({ name }) => name)
  const fix = `write "scopes: [${wanted.join(', ')}]"`
  if (scopes === undefined) return [{ file, line, message: 'has no scopes, so every app may use it', fix }]
  const difference = compare(scopes.value, wanted)
  return difference ? [{ file, line: scopes.line, message: `scopes ${difference}`, fix }] : []
}

/** Every app with a subscription also writes to its dead letters, and reads them. */
function checkTopics(component: Component, services: readonly Service[]): SetFinding[] {
  const deadLetters = ({ name, subscribes }: Service) =>
    subscribes.length > 0 ? [`${name}.dead-letters`] : []
  const publishing = services.map(
    service => [service, [...service.publishes, ...deadLetters(service)]] as const,
  )
  const subscribed = services.map(
    service => [service, [...service.subscribes, ...deadLetters(service)]] as const,
  )
  const topics = new Set([...publishing, ...subscribed].flatMap(([, names]) => names))
  // an app without an entry may use every topic, one with an empty entry (`cart=`) none
  const entries = (lists: typeof publishing) => lists.map(([{ name }, names]) => `${name}=${names.join(',')}`)
  return [
    ...checkList(component, 'allowedTopics', [...topics].join(','), splitList),
    ...checkList(component, 'publishingScopes', entries(publishing).join(';'), splitScopes),
    ...checkList(component, 'subscriptionScopes', entries(subscribed).join(';'), splitScopes),
  ]
}

function checkList(
  { file, line, metadata }: Component,
  name: string,
  wanted: string,
  split: (text: string) => string[],
): SetFinding[] {
  const found = metadata.get(name.toLowerCase())
  if (!found?.value) {
    const fix = `add "{ name: ${name}, value: '${wanted}' }" to spec.metadata`
    return [{ file, line: found?.line ?? line, message: `has no ${name}, so no topic is closed`, fix }]
  }
  const difference = compare(split(found.value.value), split(wanted))
  if (!difference) return []
  return [{ file, line: found.value.line, message: `${name} ${difference}`, fix: `write "value: ${wanted}"` }]
}
function splitList(text: string): string[] {
  return text.replaceAll(' ', '').split(',').filter(Boolean)
}

/** `orders=a,b;cart=` as `orders=a`, `orders=b` and `cart=`. */
function splitScopes(text: string): string[] {
  return text
    .replaceAll(' ', '')
    .split(';')
    .filter(Boolean)
    .flatMap(entry => {
      const [app = '', topics = ''] = entry.split('=')
      return topics.split(',').map(topic => `${app}=${topic}`)
    })
}

/** What one list lacks and what it has too much, in words; undefined when both hold the same. */
function compare(found: readonly string[], wanted: readonly string[]): string | undefined {
  const lacks = wanted.filter(name => !found.includes(name))
  const excess = found.filter(name => !wanted.includes(name))
  const words = [
    ...(lacks.length > 0 ? [`lacks ${lacks.join(', ')}`] : []),
    ...(excess.length > 0 ? [`has ${excess.join(', ')} too much`] : []),
  ]
  return words.length > 0 ? words.join(' and ') : undefined
}
