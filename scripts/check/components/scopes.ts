import type { Service } from '../../topology/load.ts'
import { isNamedByServices, type Needed } from './needed.ts'
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
  return components.flatMap(component => {
    if (needed.some(({ instead }) => instead === component)) return []
    const use = needed.find(
      each =>
        each.component?.name.value === component.name.value &&
        component.type.value.startsWith(`${each.kind}.`),
    )
    if (use?.kind === 'secretstores')
      return checkSecretStore(component, { components, services, users: use.users })
    if (use) {
      const topics = use.kind === 'pubsub' ? checkTopics(component, use.users) : []
      return [...checkApps(component, use.users), ...topics]
    }
    if (!isNamedByServices(component)) return []
    const { file, line } = component
    return [{ file, line, message: 'no service.yaml uses it', fix: 'remove the component' }]
  })
}

function checkApps({ file, line, scopes }: Component, users: readonly Service[]): SetFinding[] {
  const wanted = users.map(({ name }) => name)
  const fix = `write "scopes: [${wanted.join(', ')}]"`
  if (scopes === undefined) return [{ file, line, message: 'has no scopes, so every app may use it', fix }]
  const difference = compare(scopes.value, wanted)
  return difference ? [{ file, line: scopes.line, message: `scopes ${difference}`, fix }] : []
}

interface SecretStoreUse {
  components: readonly Component[]
  services: readonly Service[]
  /** Those that read secrets of their own. */
  users: readonly Service[]
}

function checkSecretStore(
  component: Component,
  { components, services, users }: SecretStoreUse,
): SetFinding[] {
  // open to every app is fine: the configuration of each app names the secrets that it may read
  if (component.scopes === undefined) return []
  const borrowers = components.filter(({ secretStore }) => secretStore?.value === component.name.value)
  const apps = new Set(borrowers.flatMap(({ scopes }) => scopes?.value ?? services.map(({ name }) => name)))
  return checkApps(
    component,
    services.filter(service => users.includes(service) || apps.has(service.name)),
  )
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
