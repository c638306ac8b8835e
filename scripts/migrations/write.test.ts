import { Database as SqliteDatabase } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTables } from '../../packages/journal/src/tables.ts'
import { fixtureTree } from '../check/fixture.ts'
import { differenceOf, isStale } from './difference.ts'
import { writeMigrations } from './write.ts'

const first = defineTables(kit => ({
  notes: kit.table('notes', { id: kit.text('id').primaryKey(), more: kit.json('more') }),
}))
const second = defineTables(kit => ({
  notes: kit.table('notes', { id: kit.text('id').primaryKey(), more: kit.json('more'), at: kit.integer('at') }),
}))
const renamed = defineTables(kit => ({
  notes: kit.table('notes', { id: kit.text('id').primaryKey(), most: kit.json('most'), at: kit.integer('at') }),
}))

let tree: Awaited<ReturnType<typeof fixtureTree>>
let root: string
beforeEach(async () => {
  tree = await fixtureTree({})
  root = tree.root
})
afterEach(() => tree[Symbol.asyncDispose]())

const text = (file: string) => Bun.file(join(root, file)).text()

test('the first migration makes all tables, a later one changes them, and then there is nothing to do', async () => {
  expect(await writeMigrations(first, root, 'init', 1_000)).toEqual([
    join(root, 'sqlite/0000_init.sql'),
    join(root, 'postgres/0000_init.sql'),
  ])
  expect(await text('sqlite/0000_init.sql')).toContain('CREATE TABLE `notes`')
  expect(await text('postgres/0000_init.sql')).toContain('"more" json')

  expect(await writeMigrations(first, root, 'again')).toEqual([])
  expect(await writeMigrations(second, root, 'add-at', 2_000)).toHaveLength(2)
  expect(await text('sqlite/0001_add-at.sql')).toBe('ALTER TABLE `notes` ADD `at` integer;\n')
  expect(await text('postgres/0001_add-at.sql')).toBe('ALTER TABLE "notes" ADD COLUMN "at" bigint;\n')
  expect(await writeMigrations(second, root, 'again')).toEqual([])

  for (const [dialect, named] of [
    ['sqlite', 'sqlite'],
    ['postgres', 'postgresql'],
  ]) {
    expect(JSON.parse(await text(`${dialect}/meta/_journal.json`))).toMatchObject({
      dialect: named,
      entries: [
        { idx: 0, when: 1_000, tag: '0000_init', breakpoints: true },
        { idx: 1, when: 2_000, tag: '0001_add-at' },
      ],
    })
    const [one, two] = await Promise.all(
      [0, 1].map(async index => JSON.parse(await text(`${dialect}/meta/000${index}_snapshot.json`))),
    )
    expect(two.prevId).toBe(one.id)
  }
})

test('what is written can be applied, statement by statement', async () => {
  await writeMigrations(first, root, 'init')
  await writeMigrations(second, root, 'add-at')
  using database = new SqliteDatabase(':memory:')
  for (const file of ['0000_init.sql', '0001_add-at.sql']) {
    const statements = (await text(`sqlite/${file}`)).split('--> statement-breakpoint')
    for (const statement of statements) database.run(statement)
  }
  expect(database.query('select name from pragma_table_info(?)').values('notes').flat()).toEqual([
    ...['id', 'more', 'at'],
  ])
})

describe.each(['sqlite', 'postgres'] as const)('%s', dialect => {
  const folder = () => join(root, dialect)

  test('what is missing is told, without a word to anybody', async () => {
    expect(await isStale(dialect, first[dialect], folder())).toBe(true)
    await writeMigrations(first, root, 'init')
    expect(await isStale(dialect, first[dialect], folder())).toBe(false)
    expect(await isStale(dialect, second[dialect], folder())).toBe(true)
    expect((await differenceOf(dialect, second[dialect], folder())).statements).toHaveLength(1)
    expect(await isStale(dialect, renamed[dialect], folder())).toBe(true)
  })
})

test.skipIf(process.stdin.isTTY && process.stdout.isTTY)(
  'where a column may be a renamed one, nothing is written without an answer',
  async () => {
    await writeMigrations(second, root, 'init')
    const before = (await readdir(root, { recursive: true })).sort()
    await expect(writeMigrations(renamed, root, 'rename')).rejects.toThrow('TTY')
    expect((await readdir(root, { recursive: true })).sort()).toEqual(before)
  },
)
