import { expect, test } from 'bun:test'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { recipeOf } from './recipe.ts'
import { emptyPlace } from './testing.ts'
import type { Binary } from './versions.ts'

const binaries: Binary[] = ['daprd', 'daprd-stock', 'placement', 'nats-server']

test.each([
  ['the profile', 'daprd.pgo', ['daprd', 'placement']],
  ['a registration of our own', 'registrations/nameresolution_sqlite.go', ['daprd']],
  ['other code of our own', 'always/grpc.go', ['daprd']],
  ['a file beside those of Dapr', 'dapr/pkg/pooled/copy.go', ['daprd']],
  ['a dependency', 'go.mod', ['daprd', 'daprd-stock', 'placement']],
])('%s makes another build of what is built with it', async (_, file, changed) => {
  await using place = await emptyPlace()
  for (const folder of ['runtime', 'broker'])
    await cp(join(import.meta.dir, folder), join(place.path, folder), { recursive: true })
  const recipes = () => Promise.all(binaries.map(binary => recipeOf(binary, place.path)))
  const before = await recipes()
  const path = join(place.path, 'runtime', file)
  await Bun.write(path, `${await Bun.file(path).text()}\n`)
  const after = await recipes()
  expect(binaries.filter((_, index) => after[index] !== before[index])).toEqual(changed as Binary[])
})
