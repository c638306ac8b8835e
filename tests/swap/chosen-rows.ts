import { ShopError } from '../../scripts/supervisor/shop-error.ts'
import type { Group } from './row.ts'

/**
 * The groups with these rows alone; without ids all.
 * @throws ShopError that names the rows that there are
 */
export function chosenRows(groups: readonly Group[], only?: readonly string[]): Group[] {
  if (only === undefined) return [...groups]
  const ids = groups.flatMap(({ rows }) => rows.map(({ id }) => id))
  const unknown = only.filter(id => !ids.includes(id))
  if (unknown.length > 0 || only.length === 0)
    throw new ShopError(`There is no row '${unknown.join("', '")}': use ${ids.join(', ')}.`)
  return groups
    .map(({ title, rows }) => ({ title, rows: rows.filter(({ id }) => only.includes(id)) }))
    .filter(({ rows }) => rows.length > 0)
}

/** What `--row a,b` names; undefined: it was not given. */
export function rowIds(option: string | undefined): string[] | undefined {
  return option?.split(',').filter(Boolean)
}
