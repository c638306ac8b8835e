import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { Type } from '@sinclair/typebox'
import { asc, eq } from 'drizzle-orm'
import { DaprError, publish, type Sidecar, topic } from 'elysia-dapr'
import type { Database } from './database.ts'
import { keepDeadLetter } from './dead-letters.ts'
import { outbox } from './schema.ts'

export interface Relay {
  /** Call after a commit: what it left in the outbox is published at once. */
  wake(): void
  /**
   * Gives the publication under way `grace` milliseconds, three seconds by default. The rest stays in the outbox for
   * the next start.
   */
  stop(grace?: number): Promise<void>
}

type Row = typeof outbox.$inferSelect

export interface RelayOptions {
  database: Database
  sidecar: Sidecar
  /** CloudEvent source of what is published: the app-id. */
  source: string
  /** Told of each failed attempt; `given up` when the event has become a dead letter. */
  onError: (error: unknown, outcome: 'retrying' | 'given up') => void
  /** Longest pause between attempts while the broker cannot be reached, in milliseconds. @default 5_000 */
  maxPause?: number
}

/**
 * Publishes the outbox in its order, from the start of the process on; a row is deleted once the broker has its
 * event. What a crash leaves between the two is published again with the same id. An event that the sidecar refuses
 * for good, such as one for a topic that the app may not publish to, becomes a dead letter: the others go on.
 */
export function startRelay({ database, sidecar, source, onError, maxPause = 5_000 }: RelayOptions): Relay {
  const next = database.select().from(outbox).orderBy(asc(outbox.seq)).limit(100).prepare()
  const ending = new AbortController()
  let stopped = false
  let running: Promise<void> | undefined
  let again = false
  let pause = 0
  let timer: Timer | undefined

  async function drain(): Promise<void> {
    do {
      again = false
      for (let rows = next.all(); rows.length > 0 && !stopped; rows = next.all()) {
        for (const row of rows) {
          if (stopped) return
          await send(sidecar, row, ending.signal).catch(error => giveUp(row, error))
          database.delete(outbox).where(eq(outbox.seq, row.seq)).run()
          pause = 0
        }
      }
    } while (again && !stopped)
  }

  function wake(): void {
    again = true
    if (running || stopped || timer) return
    running = drain()
      .catch(retryLater)
      .finally(() => {
        running = undefined
        if (again && !timer) wake()
      })
  }

  function giveUp({ id, topic, data }: Row, error: unknown): void {
    if (!isRefusal(error)) throw error
    const event = { source, topic, id, data }
    keepDeadLetter(database, event)
    onError(error, 'given up')
  }

  function retryLater(error: unknown): void {
    onError(error, 'retrying')
    if (stopped) return
    pause = Math.min(maxPause, pause === 0 ? 100 : pause * 2)
    timer = setTimeout(() => {
      timer = undefined
      wake()
    }, pause)
  }

  wake()
  return {
    wake,
    async stop(grace = 3_000) {
      stopped = true
      clearTimeout(timer)
      const abort = setTimeout(() => ending.abort(), grace)
      await running
      clearTimeout(abort)
    },
  }
}

/** A 404 is a component that is not loaded yet. */
function isRefusal(error: unknown): boolean {
  return error instanceof DaprError && error.status >= 400 && error.status !== 404 && !error.retryable
}

function send(sidecar: Sidecar, row: Row, signal: AbortSignal): Promise<void> {
  const parent = row.traceparent
    ? propagation.extract(ROOT_CONTEXT, { traceparent: row.traceparent })
    : ROOT_CONTEXT
  return context.with(parent, () =>
    publish(sidecar, topic(row.pubsub, row.topic, Type.Unknown()), row.data, { id: row.id, signal }),
  )
}
