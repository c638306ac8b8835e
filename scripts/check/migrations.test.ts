import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { migratedSchemas } from '../migrations/schemas.ts'
import { writeMigrations } from '../migrations/write.ts'
import { fixtureTree } from './fixture.ts'
import { checkMigrations } from './migrations.ts'

const tables = join(import.meta.dir, '../../packages/journal/src/tables.ts')
const schema = (columns: string) => `import { defineTables } from ${JSON.stringify(tables)}
export const tables = defineTables(kit => ({ notes: kit.table('notes', { id: kit.text('id')${columns} }) }))
`

test('a schema without migrations is found, for both dialects; one with them is not', async () => {
  await using tree = await fixtureTree({
    'services/notes/src/schema.ts': schema(''),
    'services/gateway/src/app.ts': '',
  })
  const what = 'schema.ts has changed since the last migration'
  expect(await checkMigrations(tree.root)).toEqual(
    ['sqlite', 'postgres'].map(dialect => ({
      file: 'services/notes/src/schema.ts',
      message: `${dialect}: ${what}; run 'bun run migration notes <what>'`,
    })),
  )
  const [notes] = await migratedSchemas(tree.root)
  if (!notes) throw new Error('no schema')
  expect(notes).toMatchObject({ name: 'notes', migrations: 'services/notes/migrations' })
  await writeMigrations(notes.tables, join(tree.root, notes.migrations), 'init')
  expect(await checkMigrations(tree.root)).toEqual([])
})
