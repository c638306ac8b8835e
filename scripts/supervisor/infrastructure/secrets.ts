import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadTopology } from '../../topology/load.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { cardVaultKeys } from './card-vault-keys.ts'
import { randomSecret } from './random-secret.ts'

/** Fresh for each run, and only in the environment of the processes that need them. */
export interface Tokens {
  /** What an app shows its sidecar. */
  daprApi: string
  /** What a sidecar shows its app. */
  appApi: string
}

export function randomTokens(): Tokens {
  return { daprApi: randomSecret(), appApi: randomSecret() }
}

/**
 * Writes the file that Dapr's secret store reads: a database address for every `<name>-database` that a service.yaml
 * asks for, the keys of the card vault, and what the set's backing services add or replace.
 */
export async function writeSecrets(
  instance: Instance,
  ofSet: Record<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const { services } = await loadTopology(instance.root)
  // the run may be over by now, and its folder with it
  signal.throwIfAborted()
  mkdirSync(instance.runDir, { recursive: true, mode: 0o700 })
  mkdirSync(instance.dataDir, { recursive: true, mode: 0o700 })
  const databases = services
    .flatMap(({ secrets }) => secrets)
    .filter(name => name.endsWith('-database'))
    .map(name => [name, `file:${join(instance.dataDir, `${name.slice(0, -'-database'.length)}.db`)}`])
  const secrets = {
    ...Object.fromEntries(databases),
    'card-vault-keys': cardVaultKeys(instance),
    ...ofSet,
  }
  writePrivate(join(instance.runDir, 'secrets.json'), `${JSON.stringify(secrets, null, 2)}\n`)
}
