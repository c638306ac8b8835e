import { resolve } from 'node:path'
import { readComponentTypes, withTypes } from '../../dapr/install/component-types.ts'
import { type Binary, type Obtained, type ObtainOptions, obtain } from '../../dapr/install/obtain.ts'
import { componentTypes } from './components.ts'

const root = resolve(import.meta.dir, '../..')

/** Obtains Dapr, with every component type that the tests use, so that one daprd does for all of them. */
export async function obtainForTests<Wanted extends Binary>(
  wanted: readonly Wanted[],
  options: Omit<ObtainOptions, 'components'>,
): Promise<Obtained<Wanted>> {
  const components = withTypes(await readComponentTypes(root), componentTypes)
  return await obtain(wanted, { components, ...options })
}
