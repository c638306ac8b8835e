import { readSet } from '../../check/components/read-set.ts'
import type { Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'

// "… initialization error occurred for pubsub (pubsub.redis/v1): dial tcp 127.0.0.1:1: connect: connection refused runtime"
const failure =
  /initialization error occurred for (\S+) \(([^)]+)\): (?!\[INIT_COMPONENT_FAILURE\])(.+?)(?: runtime)?$/m

/**
 * What a sidecar says that ended because a component of the set does not come up, with its place in the set. Any other
 * error comes back as it is.
 */
export function explainFailure(error: unknown, { root, set }: Instance): unknown {
  const [, name, type, reason] = failure.exec(error instanceof Error ? error.message : '') ?? []
  if (name === undefined) return error
  const { components } = readSet(root, `components/${set}`)
  const component = components.find(each => each.name.value === name)
  if (component === undefined) return error
  return new ShopError(
    `${component.file}:${component.type.line}: ${name} (${type}) does not come up: ${reason}\n` +
      'Start its server, or correct the address and what it logs in with there or in the secret that it refers to.',
    { cause: error },
  )
}
