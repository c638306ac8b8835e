import { join } from 'node:path'
import { spelling } from './spelling.ts'
import { subfolders } from './subfolders.ts'
import { ShopError } from './supervisor/shop-error.ts'

/** The names of the component sets: the folders below `components`. */
export function componentSets(root: string): string[] {
  return subfolders(join(root, 'components'))
}

/** @throws ShopError when it is none of the sets, with what may have been meant */
export function assertSet(set: string, sets: readonly string[]): void {
  if (!sets.includes(set)) throw new ShopError(`There is no component set '${set}'; ${spelling(set, sets)}`)
}
