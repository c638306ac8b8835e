import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import { chosenFolder } from '../../chosen-folder.ts'
import { subfolders } from '../../subfolders.ts'
import { ShopError } from '../../supervisor/shop-error.ts'
import type { Secrets } from './references.ts'

const parent = 'k8s/overlays'

/** The names of the overlays: the folders below k8s/overlays. */
export function overlaysOf(root: string): string[] {
  return subfolders(join(root, parent))
}

/** As `chosenFolder`, for an overlay. */
export function overlayFolder(root: string, overlay: string): string {
  return chosenFolder(root, overlay, { parent, what: 'overlay' })
}

/** The secrets that somebody else puts into the namespace, by the overlay's secrets.yaml: each name with its keys. */
export function givenSecrets(root: string, folder: string): { file: string; secrets: Secrets } {
  const file = join(folder, 'secrets.yaml')
  const path = isAbsolute(file) ? file : join(root, file)
  if (!existsSync(path)) return { file, secrets: new Map() }
  const content: Record<string, unknown> = parse(readFileSync(path, 'utf8')) ?? {}
  const secrets = new Map<string, string[]>()
  for (const [name, keys] of Object.entries(content)) {
    if (!Array.isArray(keys))
      throw new ShopError(`${file}: ${name} needs a list of its keys, as in "shop-tls: [tls.crt, tls.key]"`)
    secrets.set(name, keys.map(String))
  }
  return { file, secrets }
}
