import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Component, readSet } from '../../check/components/read-set.ts'
import { assertSet, componentSets } from '../../component-sets.ts'
import type { Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import type { BackingService, BackingServiceKind } from './backing-service.ts'
import { embeddedBroker } from './embedded-broker.ts'
import { givenServer } from './given-component.ts'
import { givenSecret, variableOf } from './given-secret.ts'
import { kafka } from './kafka.ts'
import { paymentProvider } from './payment-provider.ts'
import { postgres } from './postgres.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'

const kinds: BackingServiceKind[] = [embeddedBroker, redis, postgres, rabbitmq, kafka, paymentProvider]

/** What the starter makes itself, for any set. */
const ownSecrets = new Set(['card-vault-keys'])

export interface SetNeeds {
  services: BackingService[]
  /** Secrets of the set that come from the environment. */
  given: Record<string, string>
}

/**
 * What the set of this instance needs to run, by the secrets that its components refer to.
 * @throws ShopError when there is no such set, nobody provides a secret, or a server is given in part
 */
export function needsOfSet(instance: Instance): SetNeeds {
  const components = componentsOf(instance)
  const references = referencesOf(components)
  const given: Record<string, string> = {}
  const wanted = new Map<BackingServiceKind, SecretReference[]>()
  for (const reference of references) {
    const { secret } = reference
    const value = givenSecret(secret)
    const kind = kinds.find(each => each.provides(secret))
    if (value !== undefined) given[secret] = value
    else if (kind) wanted.set(kind, [...(wanted.get(kind) ?? []), reference])
    else if (!ownSecrets.has(secret)) throw nobodyProvides(reference)
  }
  for (const [kind, missing] of wanted) assertWhole(kind, missing, given)
  const databases = databasesOf(instance)
  return {
    services: [
      ...[...wanted].map(([kind, references]) => {
        const secrets = [...new Set(references.map(({ secret }) => secret))]
        return kind.create({ instance, secrets, databases, place: placeOf(references) })
      }),
      ...components.flatMap(component => givenServer(component, given) ?? []),
    ],
    given,
  }
}

/** The names of the servers that this run starts for a component: what has to be killed to see it without. */
export function serversBehind(instance: Instance, component: string): string[] {
  const secrets = new Set(
    referencesOf(componentsOf(instance))
      .filter(each => each.component === component)
      .map(({ secret }) => secret),
  )
  return needsOfSet(instance)
    .services.filter(service => Object.keys(service.secrets).some(name => secrets.has(name)))
    .flatMap(({ servers }) => servers.map(({ name }) => name))
}

/** Where a component asks for a secret. */
interface SecretReference {
  secret: string
  /** Name of the component. */
  component: string
  file: string
  line: number
}

function placeOf([first]: SecretReference[]): string {
  return `${first?.file}:${first?.line}`
}

function componentsOf({ root, set }: Instance): Component[] {
  assertSet(set, componentSets(root))
  return readSet(root, `components/${set}`).components
}

/** https://docs.dapr.io/operations/components/component-secrets/ */
function referencesOf(components: Component[]): SecretReference[] {
  return components.flatMap(({ file, name, metadata }) =>
    [...metadata.values()].flatMap(({ secret }) =>
      secret ? [{ secret: secret.value, component: name.value, file, line: secret.line }] : [],
    ),
  )
}

/** Services whose journal has migrations for PostgreSQL. */
function databasesOf({ root }: Instance): string[] {
  return readdirSync(join(root, 'services')).filter(name =>
    existsSync(join(root, 'services', name, 'migrations/postgres')),
  )
}

/** With some secrets of one server and the rest of another, every sidecar would be refused. */
function assertWhole(kind: BackingServiceKind, missing: SecretReference[], given: SetNeeds['given']): void {
  const parts = Object.keys(given).filter(kind.provides)
  if (kind.isSeparable || parts.length === 0) return
  const list = (secrets: string[]) => [...new Set(secrets)].map(variableOf).join(' and ')
  throw new ShopError(
    `${placeOf(missing)}: ${kind.name} is given in part: ${list(parts)} without ` +
      `${list(missing.map(({ secret }) => secret))}. Set that too, or unset what is set` +
      (kind.variables ? ` and give it in ${kind.variables}.` : '.'),
  )
}

function nobodyProvides({ secret, component, file, line }: SecretReference): ShopError {
  return new ShopError(
    `${file}:${line}: nobody provides the secret '${secret}' of the component ${component}. ` +
      `Set it in the environment: ${variableOf(secret)}=…`,
  )
}
