import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { Type } from '@sinclair/typebox'
import { asc, lte } from 'drizzle-orm'
import { publish, type Sidecar, topic } from 'elysia-dapr'
import type { Database } from './database.ts'
import { outbox } from './schema.ts'

export interface Relay {
  /** Call after a commit: what it left in the outbox is published at once. */
  wake(): void
  /** Finishes the publication under way. The rest stays in the outbox for the next start. */
  stop(): Promise<void>
}

export interface RelayOptions {
  database: Database
  sidecar: Sidecar
  onError: (error: unknown) => void
  /** Longest pause between attempts while the broker cannot be reached, in milliseconds. @default 5_000 */
  maxPause?: number
}

/**
 * Publishes the outbox in its order, from the start of the process on; a row is deleted once the broker has its
 * event. What a crash leaves between the two is published again with the same id.
 */
export function startRelay({ database, sidecar, onError, maxPause = 5_000 }: RelayOptions): Relay {
  const next = database.select().from(outbox).orderBy(asc(outbox.seq)).limit(100).prepare()
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
          await send(sidecar, row)
          database.delete(outbox).where(lte(outbox.seq, row.seq)).run()
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

  function retryLater(error: unknown): void {
    onError(error)
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
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

function send(sidecar: Sidecar, row: typeof outbox.$inferSelect): Promise<void> {
  const parent = row.traceparent
    ? propagation.extract(ROOT_CONTEXT, { traceparent: row.traceparent })
    : ROOT_CONTEXT
  return context.with(parent, () =>
    publish(sidecar, topic(row.pubsub, row.topic, Type.Unknown()), row.data, { id: row.id }),
  )
}
