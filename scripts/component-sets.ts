import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { spelling } from './spelling.ts'
import { ShopError } from './supervisor/shop-error.ts'

/** The names of the component sets: the folders below `components`. */
export function componentSets(root: string): string[] {
  const folder = join(root, 'components')
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** @throws ShopError when it is none of the sets, with what may have been meant */
export function assertSet(set: string, sets: readonly string[]): void {
  if (!sets.includes(set)) throw new ShopError(`There is no component set '${set}'; ${spelling(set, sets)}`)
}
