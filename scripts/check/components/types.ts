import { typeProblem } from '../../../dapr/install/component-types.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'

/** Types and versions that the pinned runtime does not have. */
export function checkTypes(components: readonly Component[]): SetFinding[] {
  return components.flatMap(({ file, type, version }) => {
    if (type.value === '') return []
    const problem = typeProblem(type.value, version.value)
    if (!problem) return []
    return [{ file, line: problem.about === 'version' ? version.line : type.line, ...problem }]
  })
}
