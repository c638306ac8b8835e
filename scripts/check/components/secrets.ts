import { isOfKind } from './needed.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'
import { nearest } from './shape.ts'

/** A component that refers to secrets says which secret store of the set has them. */
export function checkSecrets(components: readonly Component[]): SetFinding[] {
  const stores = components.filter(({ type }) => isOfKind(type.value, 'secretstores'))
  const names = stores.map(({ name }) => name.value)
  return components.flatMap(({ file, metadata, secretStore }) => {
    const first = [...metadata.values()].find(({ secret }) => secret)
    if (secretStore && !names.includes(secretStore.value)) {
      const near = nearest(secretStore.value, names) ?? names[0]
      const fix = near ? `write "secretStore: ${near}"` : 'add a component of type secretstores.*'
      return [
        {
          file,
          line: secretStore.line,
          message: `the set has no secret store named ${secretStore.value}`,
          fix,
        },
      ]
    }
    if (!first || secretStore) return []
    const message = `${first.name} comes from a secret, and no secret store is named`
    const fix = `add "auth: { secretStore: ${names[0] ?? 'secrets'} }" to the component`
    return [{ file, line: first.secret?.line ?? first.line, message, fix }]
  })
}
