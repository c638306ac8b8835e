import { existsSync } from 'node:fs'
import { normalize, resolve } from 'node:path'
import { spelling } from './spelling.ts'
import { subfolders } from './subfolders.ts'
import { ShopError } from './supervisor/shop-error.ts'

/**
 * The folder that a command is given, relative to the repository root or absolute.
 *
 * @param given the name of a folder below `parent`, or a path (with a slash) to a folder elsewhere
 * @param what such a folder is, as in a sentence
 * @throws ShopError when there is none, with what may have been meant
 */
export function chosenFolder(
  root: string,
  given: string,
  { parent, what }: { parent: string; what: string },
): string {
  if (!given.includes('/')) {
    assertOneOf(subfolders(resolve(root, parent)), given, what)
    return `${parent}/${given}`
  }
  const folder = normalize(given).replace(/\/$/, '')
  if (existsSync(resolve(root, folder))) return folder
  throw new ShopError(`There is no folder ${given}.`)
}

/** @throws ShopError when it is none of them, with what may have been meant */
export function assertOneOf(names: readonly string[], name: string, what: string): void {
  if (!names.includes(name)) throw new ShopError(`There is no ${what} '${name}'; ${spelling(name, names)}`)
}
