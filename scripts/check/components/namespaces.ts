import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'

/** Sidecars of a machine run with NAMESPACE=default; those of Kubernetes load the components of their own. */
export function checkNamespaces(components: readonly Component[]): SetFinding[] {
  return components.flatMap(({ file, namespace }) => {
    if (!namespace || ['', 'default'].includes(namespace.value)) return []
    const message = `namespace is ${namespace.value}, so daprd passes over it`
    return [{ file, line: namespace.line, message, fix: 'remove the namespace' }]
  })
}
