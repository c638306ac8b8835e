import { join } from 'node:path'
import { assertOneOf, chosenFolder } from './chosen-folder.ts'
import { subfolders } from './subfolders.ts'

const parent = 'components'
const what = 'component set'

/** The names of the component sets: the folders below `components`. */
export function componentSets(root: string): string[] {
  return subfolders(join(root, parent))
}

/** As `chosenFolder`, for a component set. */
export function setFolder(root: string, set: string): string {
  return chosenFolder(root, set, { parent, what })
}

/** @throws ShopError when it is none of the sets, with what may have been meant */
export function assertSet(set: string, sets: readonly string[]): void {
  assertOneOf(sets, set, what)
}
