import { inSpan } from '../../tracing.ts'
import type { Activity } from '../activity.ts'
import { type ActivityRequest, type ActivityResponse, notRegistered, toFailure } from './messages.ts'

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
      return { ...answer, failure: { type: notRegistered, message } }
    }
    const idempotencyKey = executionId || `${instanceId}/${taskId}`
    const output = await activity.run(activity.input.decode(input), {
      instanceId,
      taskId,
      idempotencyKey,
      signal,
    })
    const result = activity.output.encode(output as never)
    return result === undefined ? answer : { ...answer, result }
  }

  const carrier: Record<string, string | undefined> = { ...parent }
  const describe = () => ({
    name: `activity ${name}`,
    kind: 'server' as const,
    attributes: { 'dapr.workflow.instance_id': instanceId, 'dapr.workflow.task_id': taskId },
    parent: (key: string) => carrier[key],
  })
  try {
    return await inSpan(describe, run)
  } catch (error) {
    return { ...answer, failure: toFailure(error) }
  }
}
