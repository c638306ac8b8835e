import type { Journal } from '@shop/journal/journal'
import type { getCheckout } from '@shop/orders-contract'
import type { Static } from '@sinclair/typebox'
import { eq } from 'drizzle-orm'
import type { Sidecar } from 'elysia-dapr'
import { getWorkflow } from 'elysia-dapr/workflow'
import type { OrdersTables } from '../schema.ts'
import type { OrderWorkflow } from './launcher.ts'

export type Checkout = Static<typeof getCheckout.schemas.response>

/** How far the checkout of an order is; undefined when the order has none. */
export async function findCheckout(
  {
    journal,
    sidecar,
    workflows,
  }: { journal: Journal<OrdersTables>; sidecar: Sidecar; workflows: readonly OrderWorkflow[] },
  orderId: string,
): Promise<Checkout | undefined> {
  const { workflows: requested } = journal.tables
  const [row] = await journal.database.select().from(requested).where(eq(requested.instanceId, orderId))
  if (!row) return undefined
  const { workflow, startedAt, finishedAt } = row
  const definition = workflows.find(({ name }) => name === workflow)
  const state = definition && (await getWorkflow(sidecar, definition, orderId))
  // one that is not started yet, or whose history is removed
  if (!state)
    return { workflow, status: finishedAt ? 'COMPLETED' : 'PENDING', ...(startedAt && { startedAt }) }
  const { step } = (state.customStatus ?? {}) as { step?: string }
  return {
    workflow,
    status: state.runtimeStatus,
    ...(step !== undefined && { step }),
    startedAt: state.createdAt.toISOString(),
    updatedAt: state.lastUpdatedAt.toISOString(),
  }
}
