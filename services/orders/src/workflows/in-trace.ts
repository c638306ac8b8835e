import { continueTrace } from '@shop/chassis/trace-context'
import type { Journal } from '@shop/journal/journal'
import { eq } from 'drizzle-orm'
import type { Activity } from 'elysia-dapr/workflow'
import type { OrdersTables } from '../schema.ts'

/**
 * Has an activity run in the trace of the request that asked for its workflow. The workflow itself has another one:
 * daprd 1.18 makes it anew for each start over HTTP, whatever traceparent comes with it.
 */
export function inTraceOfRequest({ database, tables }: Journal<OrdersTables>, activity: Activity): Activity {
  const { workflows } = tables
  return {
    ...activity,
    async run(input, context) {
      const isInstance = eq(workflows.instanceId, context.instanceId)
      const [row] = await database.select().from(workflows).where(isInstance)
      return await continueTrace(row?.traceparent, `step ${activity.name}`, () =>
        activity.run(input, context),
      )
    },
  }
}
