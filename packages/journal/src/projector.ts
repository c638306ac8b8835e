import { and, eq } from 'drizzle-orm'
import { ConflictError } from './conflict.ts'
import { wakeable } from './wakeable.ts'
import { type Projection, type ProjectionJournal, project, rebuild } from './projection.ts'

export interface Projector {
  /** Resolves when the read model has the event at a position, or after `timeout` milliseconds, 2_000 by default. */
  reached(position: number, timeout?: number): Promise<void>
  /** Builds the read model anew while the service runs. @returns how many events it were */
  rebuild(): Promise<number>
  stop(): Promise<void>
}

export interface ProjectorOptions<View> {
  journal: ProjectionJournal
  projection: Projection<View>
  /** Told of each failed attempt; the next one follows after a pause. */
  onError: (error: unknown) => void
}

/** Keeps a read model up with the events: after each commit, and once a second for those of other replicas. */
export function startProjector<View>({ journal, projection, onError }: ProjectorOptions<View>): Projector {
  const { projections } = journal.tables
  const { name } = projection
  const ending = new AbortController()
  const waiting = new Set<() => void>()
  let position = 0

  async function active() {
    const isActive = and(eq(projections.name, name), eq(projections.active, true))
    const [row] = await journal.database.select().from(projections).where(isActive)
    if (row) return row
    const first = { name, generation: 1, position: 0, active: true }
    await journal.commit({ rows: write => [write.insert(projections).values(first)] })
    return first
  }

  async function catchUp(): Promise<void> {
    for (let events = 1; events > 0 && !ending.signal.aborted; ) {
      try {
        ;({ events, position } = await project(journal, projection, await active()))
      } catch (error) {
        // another replica was faster: look again from where it has come to
        if (!(error instanceof ConflictError)) throw error
      }
      for (const look of waiting) look()
    }
  }

  const loop = wakeable({ work: catchUp, onError, every: 1_000 })
  const unsubscribe = journal.onCommit(({ events }) => {
    if (events?.length) loop.wake()
  })

  return {
    async reached(wanted, timeout = 2_000) {
      if (position >= wanted) return
      const done = Promise.withResolvers<void>()
      const look = () => {
        if (position >= wanted) done.resolve()
      }
      waiting.add(look)
      const timer = setTimeout(done.resolve, timeout)
      loop.wake()
      await done.promise
      clearTimeout(timer)
      waiting.delete(look)
    },
    async rebuild() {
      const events = await rebuild(journal, projection, { signal: ending.signal })
      loop.wake()
      return events
    },
    async stop() {
      unsubscribe()
      ending.abort(new Error('the service ends'))
      await loop.stop()
    },
  }
}
