import { and, eq, lte, ne } from 'drizzle-orm'
import { exactlyOne } from './change-set.ts'
import { ConflictError } from './conflict.ts'
import {
  activeGeneration,
  batchSize,
  type Projection,
  type ProjectionJournal,
  project,
} from './projection.ts'

/**
 * Builds a projection anew from all events beside the one that is read, and then puts it in its place: queries never
 * see half of it, nor less than before. The service may go on meanwhile. What an earlier attempt left is removed.
 * @returns how many events it were
 * @throws ConflictError when somebody else begins to build it anew meanwhile, which ends this attempt
 */
export async function rebuild<View>(
  journal: ProjectionJournal,
  projection: Projection<View>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  const generation = await begin(journal, projection)
  let total = 0
  let position = 0
  do {
    for (let events = batchSize; events === batchSize; total += events) {
      signal?.throwIfAborted()
      ;({ events, position } = await project(journal, projection, { generation, position }))
    }
  } while (!(await replaceActive(journal, projection, { generation, position })))
  return total
}

async function begin<View>(journal: ProjectionJournal, { name, table }: Projection<View>): Promise<number> {
  const { projections } = journal.tables
  const active = await activeGeneration(journal, name)
  const generation = active.generation + 1
  await journal.commit({
    rows: write => [
      write.delete(projections).where(and(eq(projections.name, name), eq(projections.active, false))),
      write.delete(table).where(ne(table.generation, active.generation)),
      write.insert(projections).values({ name, generation, position: 0, active: false }),
    ],
  })
  return generation
}

/** @returns false when what is active has come further by now */
async function replaceActive<View>(
  journal: ProjectionJournal,
  { name, table }: Projection<View>,
  { generation, position }: { generation: number; position: number },
): Promise<boolean> {
  const { projections } = journal.tables
  const isActive = and(eq(projections.name, name), eq(projections.active, true))
  const isNew = and(
    eq(projections.name, name),
    eq(projections.generation, generation),
    eq(projections.position, position),
  )
  try {
    await journal.commit({
      rows: write => [
        // This one first: it waits for a replica that is about to bring the old one further.
        exactlyOne(
          write
            .update(projections)
            .set({ active: false })
            .where(
              and(isActive, ne(projections.generation, generation), lte(projections.position, position)),
            ),
        ),
        exactlyOne(write.update(projections).set({ active: true }).where(isNew)),
        write.delete(projections).where(and(eq(projections.name, name), eq(projections.active, false))),
        write.delete(table).where(ne(table.generation, generation)),
      ],
    })
    return true
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    const [own] = await journal.database.select().from(projections).where(isNew)
    if (!own) throw error
    return false
  }
}
