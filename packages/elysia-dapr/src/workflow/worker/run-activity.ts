import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Activity } from '../activity.ts'
import { type ActivityRequest, type ActivityResponse, toFailure } from './messages.ts'

/** Runs an activity in a span of its own below the one that the sidecar made; a failure is an answer as well. */
export async function runActivity(
  { name = '', input, instance, taskId = 0, trace: parent, executionId }: Partial<ActivityRequest>,
  activities: ReadonlyMap<string, Activity>,
  signal: AbortSignal,
): Promise<ActivityResponse> {
  const instanceId = instance?.instanceId ?? ''
  const answer = { instanceId, taskId }

  async function run(): Promise<ActivityResponse> {
    const activity = activities.get(name)
    if (!activity) {
      const message = `this worker has no activity ${name}`
      return { ...answer, failure: { type: 'ActivityNotRegistered', message } }
    }
    const idempotencyKey = executionId || `${instanceId}/${taskId}`
    const output = await activity.run(activity.input.decode(input), {
      instanceId,
      taskId,
      idempotencyKey,
      signal,
    })
    const result = activity.output.encode(output)
    return result === undefined ? answer : { ...answer, result }
  }

  const attributes = { 'dapr.workflow.instance_id': instanceId, 'dapr.workflow.task_id': taskId }
  const remote = propagation.extract(context.active(), parent ?? {})
  return await trace
    .getTracer('elysia-dapr')
    .startActiveSpan(`activity ${name}`, { kind: SpanKind.SERVER, attributes }, remote, async span => {
      try {
        return await run()
      } catch (error) {
        span.recordException(error instanceof Error ? error : String(error))
        span.setStatus({ code: SpanStatusCode.ERROR })
        return { ...answer, failure: toFailure(error) }
      } finally {
        span.end()
      }
    })
}
