import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { exactlyOne, type Writer } from './change-set.ts'
import { type StoredEvent, readAll } from './event-store.ts'
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
const batchSize = 1_000

/** For WHERE: the rows of the generation that queries read. */
export function isActive({ database, tables: { projections } }: ProjectionJournal, name: string, table: ViewTable) {
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
  const statements = []
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce)
    const names = Object.keys(some[0] ?? {}).filter(name => name !== 'generation' && name !== 'id')
    const columns = table as unknown as Record<string, AnySQLiteColumn>
    const set = Object.fromEntries(
      names.map(name => [name, sql`excluded.${sql.identifier(columns[name]?.name ?? name)}`]),
    )
    const target = [table.generation, table.id]
    statements.push(write.insert(table).values(some as never).onConflictDoUpdate({ target, set }))
  }
  return statements
}

/**
 * Builds a projection anew from all events beside the one that is read, and then puts it in its place: queries never
 * see half of it. The service may go on meanwhile. What an earlier attempt left is removed.
 * @returns how many events it were
 */
export async function rebuild<View>(
  journal: ProjectionJournal,
  projection: Projection<View>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  const { projections } = journal.tables
  const { name, table } = projection
  const ofName = eq(projections.name, name)
  const [active] = await journal.database
    .select()
    .from(projections)
    .where(and(ofName, eq(projections.active, true)))
  const generation = (active?.generation ?? 0) + 1
  const others = active ? ne(table.generation, active.generation) : undefined
  await journal.commit({
    rows: write => [
      write.delete(projections).where(and(ofName, eq(projections.active, false))),
      write.delete(table).where(others),
      write.insert(projections).values({ name, generation, position: 0, active: false }),
    ],
  })

  let total = 0
  let position = 0
  for (let events = batchSize; events === batchSize; total += events) {
    signal?.throwIfAborted()
    ;({ events, position } = await project(journal, projection, { generation, position }))
  }
  await journal.commit({
    rows: write => [
      write.delete(projections).where(and(ofName, ne(projections.generation, generation))),
      exactlyOne(write.update(projections).set({ active: true }).where(ofName)),
      write.delete(table).where(ne(table.generation, generation)),
    ],
  })
  return total
}
