import { ConflictError } from './conflict.ts'
import {
  activeGeneration,
  batchSize,
  type Projection,
  type ProjectionJournal,
  project,
} from './projection.ts'
import { rebuild } from './rebuild.ts'
import { wakeable } from './wakeable.ts'

export interface Projector {
  /** Resolves when the read model has the event at a position, or after `timeout` milliseconds, 2_000 by default. */
  reached(position: number, timeout?: number): Promise<void>
  /**
   * Builds the read model anew while the service runs.
   * @returns how many events it were
   * @throws ConflictError when somebody else begins to do so meanwhile
   */
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
  const ending = new AbortController()
  const waiting = new Set<() => void>()
  const underWay = new Set<Promise<number>>()
  let position = 0

  async function catchUp(): Promise<void> {
    for (let events = batchSize; events === batchSize && !ending.signal.aborted; ) {
      try {
        const active = await activeGeneration(journal, projection.name)
        ;({ events, position } = await project(journal, projection, active))
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
      const rebuilding = rebuild(journal, projection, { signal: ending.signal })
      underWay.add(rebuilding)
      try {
        return await rebuilding
      } finally {
        underWay.delete(rebuilding)
        loop.wake()
      }
    },
    async stop() {
      unsubscribe()
      ending.abort(new Error('the service ends'))
      await Promise.allSettled([loop.stop(), ...underWay])
    },
  }
}
