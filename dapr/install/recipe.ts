import { join } from 'node:path'
import { type Binary, PARTS } from './versions.ts'

/** Changes when the same version would be built differently: other dependencies, other flags. */
export async function recipeOf(binary: Binary): Promise<string> {
  const { module, ldflags } = PARTS[binary]
  const dependencies = await Bun.file(join(import.meta.dir, module, 'go.mod')).text()
  return Bun.hash(`${dependencies}\n${ldflags}`).toString(36)
}
