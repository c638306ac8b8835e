import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { givenSecrets, overlayFolder } from '../check/kubernetes/overlays.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { loadTopology } from '../topology/load.ts'
import { randomSecrets } from './random-secrets.ts'

export interface SecretManifest {
  apiVersion: 'v1'
  kind: 'Secret'
  metadata: { name: string; namespace: string }
  stringData: Record<string, string>
}

export interface OverlaySecrets {
  made: SecretManifest[]
  /** Those that nobody can make up: their keys by name. */
  left: Record<string, readonly string[]>
}

/**
 * The secrets of an overlay that has its servers in the namespace, with random values, new each time.
 * @throws ShopError for one that has its servers elsewhere
 */
export async function overlaySecrets(root: string, overlay: string): Promise<OverlaySecrets> {
  const folder = overlayFolder(root, overlay)
  const { secrets } = givenSecrets(root, folder)
  if (!secrets.has('postgres-server')) {
    throw new ShopError(
      `The overlay ${overlay} has no server in the namespace: its secrets come from where its servers are. See docs/kubernetes.md.`,
    )
  }
  const { services } = await loadTopology(root)
  const inFiles = services.filter(({ dir }) => !existsSync(join(root, dir, 'migrations/postgres')))
  const { made, left } = randomSecrets(
    [...secrets.keys()],
    inFiles.map(({ name }) => name),
  )
  const { namespace } = parse(await Bun.file(join(root, folder, 'kustomization.yaml')).text())
  return {
    made: Object.entries(made).map(([name, stringData]) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      stringData,
    })),
    left: Object.fromEntries(left.map(name => [name, secrets.get(name) ?? []])),
  }
}
