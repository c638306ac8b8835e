import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTopology, type Service } from '../topology/load.ts'
import { TopologyError } from '../topology/problem.ts'
import { type Component, readComponents } from './components.ts'
import type { Finding } from './finding.ts'

/** Kinds of components that a service.yaml lists by name, and the key that it lists them under. */
const usedByName = [
  ['state', 'stores'],
  ['bindings', 'bindings'],
  ['crypto', 'crypto'],
] as const

/**
 * The scopes that component files write by hand are those that service.yaml asks for: a topic that is missing is
 * forbidden at run time, one too many is open to an app that has no business with it.
 * https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/
 */
export async function checkComponentScopes(root = process.cwd()): Promise<Finding[]> {
  const services = await servicesOf(root)
  const findings: Finding[] = []
  for (const set of await readdir(join(root, 'components'), { withFileTypes: true })) {
    if (!set.isDirectory()) continue
    const folder = `components/${set.name}`
    findings.push(...checkSet(folder, await readComponents(root, folder), services))
  }
  return findings
}

/** None while a service.yaml is wrong: the check of the generated files tells what about it. */
async function servicesOf(root: string): Promise<Service[]> {
  try {
    return (await loadTopology(root)).services
  } catch (error) {
    if (error instanceof TopologyError) return []
    throw error
  }
}

function checkSet(folder: string, components: Component[], services: Service[]): Finding[] {
  if (services.length === 0) return []
  const findings: Finding[] = []
  const expect = (
    kind: string,
    name: string,
    users: Service[],
    check: (component: Component) => Finding[],
  ) => {
    const component = components.find(each => each.type.startsWith(`${kind}.`) && each.name === name)
    if (component) findings.push(...check(component))
    else if (users.length > 0)
      findings.push({
        file: folder,
        message: `has no component of type ${kind}.* named ${name}; used by ${namesOf(users)}`,
      })
  }

  const talking = services.filter(({ publishes, subscribes }) => publishes.length + subscribes.length > 0)
  expect('pubsub', 'pubsub', talking, component => [
    ...checkScopes(component, talking),
    ...checkTopics(component, talking),
  ])

  for (const [kind, key] of usedByName) {
    const declared = services.flatMap(service => service[key])
    const present = components.filter(({ type }) => type.startsWith(`${kind}.`)).map(({ name }) => name)
    for (const name of new Set([...declared, ...present])) {
      const users = services.filter(service => service[key].includes(name))
      expect(kind, name, users, component => checkScopes(component, users))
    }
  }

  const holders = services.filter(({ secrets }) => secrets.length > 0)
  expect('secretstores', 'secrets', holders, component => {
    // open to every app is fine: the configuration of each app names the secrets that it may read
    if (component.scopes === undefined) return []
    const borrowers = components.filter(({ secretStore }) => secretStore === component.name)
    const apps = new Set(borrowers.flatMap(({ scopes }) => scopes?.value ?? services.map(({ name }) => name)))
    return checkScopes(
      component,
      services.filter(service => holders.includes(service) || apps.has(service.name)),
    )
  })
  return findings
}

function checkScopes({ file, line, scopes }: Component, users: Service[]): Finding[] {
  const wanted = users.map(({ name }) => name)
  if (wanted.length === 0) return [{ file, line, message: 'no service.yaml uses it; remove the component' }]
  const fix = `write "scopes: [${wanted.join(', ')}]"`
  if (scopes === undefined) return [{ file, line, message: `has no scopes, so every app may use it; ${fix}` }]
  const difference = compare(scopes.value, wanted)
  return difference ? [{ file, line: scopes.line, message: `scopes ${difference}; ${fix}` }] : []
}

/** Every app with a subscription also writes to its dead letters, and reads them. */
function checkTopics(component: Component, services: Service[]): Finding[] {
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
    ...checkMetadata(component, 'allowedTopics', [...topics].join(','), splitList),
    ...checkMetadata(component, 'publishingScopes', entries(publishing).join(';'), splitScopes),
    ...checkMetadata(component, 'subscriptionScopes', entries(subscribed).join(';'), splitScopes),
  ]
}

function checkMetadata(
  { file, line, metadata }: Component,
  name: string,
  wanted: string,
  split: (text: string) => string[],
): Finding[] {
  const found = metadata.get(name.toLowerCase())
  if (!found) {
    const message = `has no ${name}, so no topic is closed; add "{ name: ${name}, value: '${wanted}' }" to spec.metadata`
    return [{ file, line, message }]
  }
  const difference = compare(split(found.value), split(wanted))
  if (!difference) return []
  return [{ file, line: found.line, message: `${name} ${difference}; write "value: ${wanted}"` }]
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

function namesOf(services: Service[]): string {
  return services.map(({ name }) => name).join(', ')
}
