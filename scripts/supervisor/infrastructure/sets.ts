import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import { broker } from './broker.ts'
import type { Server } from './infrastructure.ts'
import { paymentProvider } from './payment-provider.ts'

// What a set of components needs beside Dapr itself. A new folder below `components` gets its line here.
const serversOf: Record<string, (instance: Instance) => Server[]> = {
  embedded: instance => [broker(instance), paymentProvider(instance)],
}

/** @throws ShopError when there is no such set, naming those that exist */
export function serversOfSet(instance: Instance): Server[] {
  const folders = readdirSync(join(instance.root, 'components'), { withFileTypes: true })
  const sets = folders
    .filter(entry => entry.isDirectory() && entry.name in serversOf)
    .map(entry => entry.name)
  const servers = sets.includes(instance.set) ? serversOf[instance.set] : undefined
  if (servers === undefined) {
    throw new ShopError(
      `There is no component set '${instance.set}'. Use --set with one of: ${sets.join(', ')}.`,
    )
  }
  return servers(instance)
}
