import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { exactlyOne, type Writer } from './change-set.ts'
import { readAll, type StoredEvent } from './event-store.ts'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'
import { type Upcasters, upcast } from './upcast.ts'

/** The rows of a read model: one for each view, in as many generations as there are at the moment. */
export type ViewTable = SQLiteTable & { generation: AnySQLiteColumn; id: AnySQLiteColumn }

/** A read model that is folded from the events alone, so that it can be built anew at any time. */
export interface Projection<View> {
  name: string
  table: ViewTable
  upcasters?: Upcasters
  /** Which view an event belongs to; undefined: to none. */
  idOf(event: StoredEvent): string | undefined
  /** The view after an event. Pure. */
  evolve(view: View | undefined, event: StoredEvent): View
  toRow(view: View): Record<string, unknown>
  fromRow(row: Record<string, unknown>): View
}

export type ProjectionJournal = Journal<Pick<JournalTables, 'events' | 'projections'>>

/** Events that are folded in one transaction. */
export const batchSize = 1_000

/** For WHERE: the rows of the generation that queries read. */
export function isActive(
  { database, tables: { projections } }: ProjectionJournal,
  name: string,
  table: ViewTable,
) {
  const active = database
    .select({ generation: projections.generation })
    .from(projections)
    .where(and(eq(projections.name, name), eq(projections.active, true)))
  return eq(table.generation, active)
}

/**
 * Folds the next events into a generation of a projection.
 * @returns how many events it were; fewer than a batch: it has caught up
 * @throws ConflictError when another replica was faster
 */
export async function project<View>(
  journal: ProjectionJournal,
  projection: Projection<View>,
  { generation, position }: { generation: number; position: number },
): Promise<{ events: number; position: number }> {
  const stored = await readAll(journal, { after: position, limit: batchSize })
  const events = stored.map(event => ({ ...event, data: upcast(projection.upcasters ?? {}, event) }))
  const last = events.at(-1)
  if (!last) return { events: 0, position }
  const views = await fold(journal, projection, generation, events)
  const { projections } = journal.tables
  const isThis = and(
    eq(projections.name, projection.name),
    eq(projections.generation, generation),
    eq(projections.position, position),
  )
  await journal.commit({
    // lost with the machine, it is folded from the events again
    durable: false,
    rows: write => [
      exactlyOne(write.update(projections).set({ position: last.position }).where(isThis)),
      ...upsert(write, projection, generation, views),
    ],
  })
  return { events: events.length, position: last.position }
}

async function fold<View>(
  { database }: ProjectionJournal,
  { table, idOf, evolve, fromRow }: Projection<View>,
  generation: number,
  events: StoredEvent[],
): Promise<Map<string, View>> {
  const ids = [...new Set(events.map(idOf).filter(id => id !== undefined))]
  const views = new Map<string, View>()
  const rows = await database
    .select()
    .from(table)
    .where(and(eq(table.generation, generation), inArray(table.id, ids)))
  for (const row of rows) views.set(row.id as string, fromRow(row))
  for (const event of events) {
    const id = idOf(event)
    if (id !== undefined) views.set(id, evolve(views.get(id), event))
  }
  return views
}

const rowsAtOnce = 500

function upsert<View>(
  write: Writer,
  { table, toRow }: Projection<View>,
  generation: number,
  views: Map<string, View>,
) {
  const rows = [...views].map(([id, view]) => ({ ...toRow(view), generation, id }))
  const { generation: _, id: __, ...columns } = getTableColumns(table)
  const set = Object.fromEntries(
    Object.entries(columns).map(([key, { name }]) => [key, sql`excluded.${sql.identifier(name)}`]),
  )
  const target = [table.generation, table.id]
  const statements = []
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce) as never
    statements.push(write.insert(table).values(some).onConflictDoUpdate({ target, set }))
  }
  return statements
}

/** How far the generation that queries read has come; it begins with the first look. */
export async function activeGeneration(
  journal: ProjectionJournal,
  name: string,
): Promise<{ generation: number; position: number }> {
  const { projections } = journal.tables
  const { generation, position } = projections
  const isOfName = and(eq(projections.name, name), eq(projections.active, true))
  const look = () => journal.database.select({ generation, position }).from(projections).where(isOfName)
  const [known] = await look()
  if (known) return known
  const first = { name, generation: 1, position: 0, active: true }
  // another replica may be as quick
  await journal.commit({ rows: write => [write.insert(projections).values(first).onConflictDoNothing()] })
  const [row = first] = await look()
  return row
}
