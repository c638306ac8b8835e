import { join } from 'node:path'
import { edits } from './dapr-source.ts'
import { type Binary, BUILDS, PARTS } from './versions.ts'

/**
 * Changes when the same version would be built differently: other dependencies, flags, profile or code of our own.
 *
 * @param base where the folders of the modules are
 */
export async function recipeOf(binary: Binary, base: string = import.meta.dir): Promise<string> {
  const { module, ldflags } = PARTS[binary]
  const { folder, tags, profile } = BUILDS[module]
  const at = (file: string) => Bun.file(join(base, folder, file))
  const parts = [await at('go.mod').text(), ldflags]
  if (tags !== undefined) parts.push(tags)
  if (profile !== undefined) parts.push(Bun.hash(await at(profile).bytes()).toString(36))
  if (binary === 'daprd') {
    parts.push(JSON.stringify(edits))
    for (const own of ['always', 'dapr', 'registrations']) {
      const names = await Array.fromAsync(new Bun.Glob('**').scan(join(base, folder, own)))
      for (const name of names.sort()) parts.push(await at(`${own}/${name}`).text())
    }
  }
  return Bun.hash(parts.join('\n')).toString(36)
}
