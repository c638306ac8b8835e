import type { Logger } from '@shop/chassis/logger'
import { withTraceparent } from '@shop/chassis/trace-context'
import type { Journal } from '@shop/journal/journal'
import { wakeable } from '@shop/journal/wakeable'
import { and, asc, eq, gt, isNull, lt, type SQL } from 'drizzle-orm'
import { DaprError, type Sidecar } from 'elysia-dapr'
import { getWorkflow, purgeWorkflow, startWorkflow, type Workflow } from 'elysia-dapr/workflow'
import type { OrdersTables } from '../schema.ts'
import type { OrderInput } from './order-input.ts'

export type OrderWorkflow = Workflow<typeof OrderInput>

export interface LauncherOptions {
  journal: Journal<OrdersTables>
  sidecar: Sidecar
  /** All versions of all workflows. */
  workflows: readonly OrderWorkflow[]
  log: Logger
  /** After how many milliseconds a workflow without an end is looked after. @default 120_000 */
  doubtAfter?: number
  /** For how many milliseconds the history of one that ended is kept. @default 3_600_000 */
  keepFor?: number
}

type Requested = OrdersTables['workflows']['$inferSelect']

const atOnce = 16

/**
 * Starts the workflows that commits ask for, right after the commit; those that a crash has left, from the start of the
 * process on. One that got lost, with the store of its sidecar or by a fault, is started again: its steps do only what
 * is not done yet. Returns what ends it.
 */
export function startLauncher({
  journal,
  sidecar,
  workflows,
  log,
  doubtAfter = 120_000,
  keepFor = 3_600_000,
}: LauncherOptions): () => Promise<void> {
  const { workflows: requested } = journal.tables
  const isRow = ({ instanceId }: Requested) => eq(requested.instanceId, instanceId)
  const now = () => new Date().toISOString()
  const before = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString()

  function mark(row: Requested, what: Partial<Requested>): Promise<unknown> {
    return journal.commit({ rows: write => [write.update(requested).set(what).where(isRow(row))] })
  }

  function definitionOf({ workflow }: Requested): OrderWorkflow {
    const found = workflows.find(({ name }) => name === workflow)
    if (!found)
      throw new Error(`this service has no ${workflow}: it is older than the order, or removed it too early`)
    return found
  }

  async function start(row: Requested): Promise<void> {
    const { instanceId, orderId, traceparent } = row
    const definition = definitionOf(row)
    // what the workflow does belongs to the trace of the request that asked for it
    const begin = () => startWorkflow(sidecar, definition, { orderId }, { instanceId })
    await withTraceparent(traceparent, begin).catch(async error => {
      // another replica, or this one before a crash, was faster
      if (!(await getWorkflow(sidecar, definition, instanceId))) throw error
    })
    await mark(row, { startedAt: now() })
  }

  async function lookAfter(row: Requested): Promise<void> {
    const state = await getWorkflow(sidecar, definitionOf(row), row.instanceId)
    const status = state?.runtimeStatus
    if (status === 'COMPLETED') await mark(row, { finishedAt: now() })
    else if (status === undefined || status === 'FAILED' || status === 'TERMINATED') {
      const failure = state?.runtimeStatus === 'FAILED' ? state.failure : undefined
      log.error({ ...row, status: status ?? 'lost', failure }, 'workflow starts again')
      await start(row)
    } else await mark(row, { startedAt: now() })
  }

  async function purge(row: Requested): Promise<void> {
    await purgeWorkflow(sidecar, row.instanceId).catch(async error => {
      if (await getWorkflow(sidecar, definitionOf(row), row.instanceId)) throw error
    })
    await mark(row, { purgedAt: now() })
  }

  /** All that are due, some at a time. One that cannot be worked on holds up no other; a sidecar that is away, all. */
  async function each(due: SQL | undefined, work: (row: Requested) => Promise<void>): Promise<void> {
    for (let after = ''; ; ) {
      const rows = await journal.database
        .select()
        .from(requested)
        .where(and(due, gt(requested.instanceId, after)))
        .orderBy(asc(requested.instanceId))
        .limit(atOnce)
      const last = rows.at(-1)
      if (!last) return
      after = last.instanceId
      const results = await Promise.allSettled(rows.map(work))
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') continue
        const err = result.reason
        if (err instanceof DaprError && err.retryable) throw err
        log.error({ err, ...rows[index] }, 'cannot work on a workflow')
      }
    }
  }

  const onError = (err: unknown) => log.warn({ err }, 'cannot launch workflows')
  const starter = wakeable({ work: () => each(isNull(requested.startedAt), start), onError, every: 5_000 })
  const keeper = wakeable({
    async work() {
      await each(and(isNull(requested.finishedAt), lt(requested.startedAt, before(doubtAfter))), lookAfter)
      await each(and(isNull(requested.purgedAt), lt(requested.finishedAt, before(keepFor))), purge)
    },
    onError,
    every: 10_000,
  })
  const unsubscribe = journal.onCommit(({ events = [] }) => {
    if (events.some(({ type }) => type === 'order-placed' || type === 'order-cancelled')) starter.wake()
  })

  return async () => {
    unsubscribe()
    await Promise.all([starter.stop(), keeper.stop()])
  }
}
