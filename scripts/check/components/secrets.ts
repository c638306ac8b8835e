import { nearest } from '../../spelling.ts'
import { isOfKind } from './needed.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'
import { isTrue } from './values.ts'

/** A component that refers to secrets says which secret store of the set has them, and asks it for what it can have. */
export function checkSecrets(components: readonly Component[]): SetFinding[] {
  const stores = components.filter(({ type }) => isOfKind(type.value, 'secretstores'))
  return components.flatMap(component => {
    const { secretStore } = component
    const store = stores.find(({ name }) => name.value === secretStore?.value)
    if (store) return checkKeys(component, store)
    const names = stores.map(({ name }) => name.value)
    if (secretStore) {
      const near = nearest(secretStore.value, names) ?? names[0]
      const fix = near ? `write "secretStore: ${near}"` : 'add a component of type secretstores.*'
      const message = `the set has no secret store named ${secretStore.value}`
      return [{ file: component.file, line: secretStore.line, message, fix }]
    }
    const first = [...component.metadata.values()].find(({ secret }) => secret)
    if (!first) return []
    const message = `${first.name} comes from a secret, and no secret store is named`
    const fix = `add "auth: { secretStore: ${names[0] ?? 'secrets'} }" to the component`
    return [{ file: component.file, line: first.secret?.line ?? first.line, message, fix }]
  })
}

/** Secrets of a file or of the environment have one part, of their own name; daprd leaves out a setting from another. */
function checkKeys({ file, metadata }: Component, store: Component): SetFinding[] {
  const hasOnePart =
    ['secretstores.local.file', 'secretstores.local.env'].includes(store.type.value) &&
    !isTrue(store.metadata.get('multivalued')?.value?.value)
  if (!hasOnePart) return []
  return [...metadata.values()].flatMap(({ name, secret }) => {
    if (!secret || secret.key === undefined || secret.key === secret.value) return []
    const message = `${name} asks for ${secret.key} of the secret ${secret.value}, and ${store.type.value} has no parts of secrets`
    return [{ file, line: secret.line, message, fix: `write "key: ${secret.value}"` }]
  })
}
