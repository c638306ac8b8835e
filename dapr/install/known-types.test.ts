import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { renderKnownTypes } from './generate-known-types.ts'
import { closeTypes, knownTypes } from './known-types.ts'
import { emptyPlace } from './testing.ts'
import { findGo } from './toolchain.ts'

const go = await findGo(process.env, '/nowhere', undefined)

test.skipIf('reasons' in go)(
  'the committed list is what the pinned source says',
  async () => {
    await using place = await emptyPlace()
    const work = join(place.path, 'work')
    await mkdir(work)
    expect(await renderKnownTypes(work)).toBe(
      await Bun.file(join(import.meta.dir, 'known-types.json')).text(),
    )
  },
  300_000,
)

test.each([
  ['pubsub.mqtt', ['pubsub.mqtt', 'pubsub.mqtt3']],
  ['state.sqlit', ['state.sqlite', 'state.sqlite3']],
  ['state.postgre', ['state.postgres']],
  ['secretstore.local.file', ['secretstores.local.file']],
])('%s is close to %p', (type, expected) => {
  expect(closeTypes(type, knownTypes().keys())).toEqual(expect.arrayContaining(expected))
})

test('nothing is close to a word of another kind', () => {
  expect(closeTypes('quite.different', knownTypes().keys())).toEqual([])
})
