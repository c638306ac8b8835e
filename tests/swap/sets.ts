import { messageOf } from '../../dapr/install/errors.ts'
import { assertSet } from '../../scripts/component-sets.ts'
import { toolchainOf } from '../../scripts/supervisor/builds/toolchains.ts'
import { infrastructureOf } from '../../scripts/supervisor/infrastructure/infrastructure.ts'
import type { Server } from '../../scripts/supervisor/infrastructure/server.ts'
import { readInstance } from '../../scripts/supervisor/session/instance.ts'
import { ShopError } from '../../scripts/supervisor/shop-error.ts'
import { loadTopology } from '../../scripts/topology/load.ts'

/** The sets of these names, in their order; without a name all. @throws ShopError that names those that exist */
export function chooseSets(all: readonly string[], wanted: readonly string[]): string[] {
  for (const name of wanted) assertSet(name, all)
  return wanted.length === 0 ? [...all] : [...new Set(wanted)]
}

/**
 * Looks for what the services are built with, and finds or fetches the servers that a set needs.
 * @returns why that is not possible on this machine; undefined: it is
 * @throws the signal's reason when it aborts
 */
export async function missingFor(
  set: string,
  { root, signal, report }: { root: string; signal: AbortSignal; report: (line: string) => void },
): Promise<string | undefined> {
  for (const service of (await loadTopology(root)).services) {
    const { name = '', lack } = (await toolchainOf(service, { root })) ?? {}
    if (lack !== undefined) return `needs ${name}: ${lack}`
  }
  for (const { program } of serversOf(root, set)) {
    if (typeof program === 'string') continue
    const outlook = await program.look()
    if (outlook.is === 'missing') return `${program.name}: ${outlook.what}`
    if (outlook.is === 'here') continue
    report(`fetching ${program.name} (${outlook.what}) takes ${outlook.takes}`)
    try {
      await program.obtain({ report, signal })
    } catch (error) {
      signal.throwIfAborted()
      return `${program.name} cannot be fetched: ${messageOf(error).split('\n')[0]}`
    }
  }
  return undefined
}

/** None for a set that is wrong: its start tells why. */
function serversOf(root: string, set: string): Server[] {
  try {
    return infrastructureOf(readInstance({ root, set })).servers
  } catch (error) {
    if (error instanceof ShopError) return []
    throw error
  }
}
