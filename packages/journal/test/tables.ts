import { sql } from 'drizzle-orm'
import { journalTables } from '../src/schema.ts'
import { defineTables } from '../src/tables.ts'

/** Business rows and a read model of the tests. Their migrations are written by `writeMigrations`. */
export const tables = defineTables(kit => ({
  ...journalTables(kit),
  notes: kit.table(
    'notes',
    { id: kit.text('id').primaryKey(), amount: kit.integer('amount').notNull(), more: kit.json('more') },
    notes => [kit.check('not_negative', sql`${notes.amount} >= 0`)],
  ),
  sums: kit.table(
    'sums',
    {
      generation: kit.integer('generation').notNull(),
      id: kit.text('id').notNull(),
      sum: kit.integer('the_sum').notNull(),
      versions: kit.json('versions').notNull(),
    },
    sums => [kit.primaryKey({ columns: [sums.generation, sums.id] })],
  ),
}))

export type TestTables = typeof tables.sqlite
