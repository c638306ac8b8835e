import { Type } from '@sinclair/typebox'
import { BulkPublishError, DaprError, publishBulk, type Sidecar, topic } from 'elysia-dapr'
import type { JournalTables } from './schema.ts'

export type Row = JournalTables['outbox']['$inferSelect']

/** Publishes to one topic. @returns the error of each row that was not published, by its number */
export async function send(
  sidecar: Sidecar,
  rows: Row[],
  source: string,
  signal: AbortSignal,
): Promise<Map<number, unknown>> {
  const [first] = rows
  if (!first) return new Map()
  const target = topic(first.pubsub, first.topic, Type.Unknown())
  const entries = rows.map(({ id, data, key, traceparent }) => ({
    ...{ id, source, data },
    metadata: {
      // a broker with partitions keeps the order of one key; others have no use for it
      partitionKey: key,
      ...(traceparent && { 'cloudevent.traceparent': traceparent }),
    },
  }))
  try {
    await publishBulk(sidecar, target, entries, { signal })
    return new Map()
  } catch (error) {
    if (!(error instanceof BulkPublishError)) {
      if (rows.length > 1 && mayBeOfOne(error)) {
        const half = Math.ceil(rows.length / 2)
        const former = await send(sidecar, rows.slice(0, half), source, signal)
        const latter = await send(sidecar, rows.slice(half), source, signal)
        return new Map([...former, ...latter])
      }
      return new Map(rows.map(({ seq }) => [seq, error]))
    }
    return new Map(
      error.failed.map(({ index, error: reason }) => [
        rows[index]?.seq ?? 0,
        new DaprError(reason, { code: error.code, status: error.status, cause: error }),
      ]),
    )
  }
}

/** Whether it is the error of one event, and not of the whole call. */
export function isOfEntry(error: unknown): boolean {
  return error instanceof DaprError && error.cause instanceof BulkPublishError
}

/** Whether it may be a single event that they are refused for, or their size together; 403 is for the whole topic. */
function mayBeOfOne(error: unknown): boolean {
  return isRefusal(error) && !(error instanceof DaprError && error.status === 403)
}

/** Whether it is of no use to try again. A 404 is a component that is not loaded yet; a TypeError is of a topic that no URL can name. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError) return true
  return error instanceof DaprError && error.status >= 400 && error.status !== 404 && !error.retryable
}
