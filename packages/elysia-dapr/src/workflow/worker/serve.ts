import { Buffer } from 'node:buffer'
import type { Workflow } from '../workflow.ts'
import type { ActivityQueue } from './activity-queue.ts'
import { type Channel, type GrpcError, grpcCode } from './grpc.ts'
import {
  type ActivityResponse,
  activityResponse,
  methods,
  status,
  type WorkflowRequest,
  workflowResponse,
  workItem,
} from './messages.ts'
import { runTurn } from './turn.ts'

/**
 * Takes work from the sidecar until the connection ends. Answers go to the connection that asked only: the sidecar
 * knows a turn of a workflow by the instance alone, and would take a late answer for that of a newer turn.
 * @throws GrpcError
 */
export async function serve(
  channel: Channel,
  {
    workflows,
    activities,
    onError,
    onTurn,
  }: {
    workflows: ReadonlyMap<string, Workflow>
    activities: ActivityQueue
    onError: (error: Error) => void
    onTurn: () => void
  },
): Promise<void> {
  /** @throws GrpcError when the answer got lost */
  async function answer(method: string, encoded: Buffer, tooLarge?: () => Buffer): Promise<void> {
    try {
      await channel.call(method, encoded)
    } catch (error) {
      const { code } = error as GrpcError
      if (code === grpcCode.resourceExhausted && tooLarge) return await answer(method, tooLarge())
      // The sidecar does not wait for it any more: the instance is gone, or another worker answered.
      if (code === grpcCode.unknown) return onError(error as Error)
      // It waits for an answer as long as the stream is open.
      channel.close()
      throw error
    }
  }

  function answerTurn(request: Partial<WorkflowRequest>): void {
    onTurn()
    const { response, missing } = runTurn(request, workflows)
    if (missing !== undefined) {
      onError(new Error(`this worker lacks the workflow ${missing} of the instance ${request.instanceId}`))
    }
    answer(methods.completeWorkflow, workflowResponse.encode(response), () => {
      const complete = { status: status.failed, failure: payloadTooLarge }
      return workflowResponse.encode({ ...request, actions: [{ id: 0, complete }] })
    }).catch(onError)
  }

  function answerActivity(response: ActivityResponse): Promise<void> {
    return answer(methods.completeActivity, activityResponse.encode(response), () => {
      const { result, ...failed } = response
      return activityResponse.encode({ ...failed, failure: payloadTooLarge })
    })
  }

  await channel.receive(methods.getWorkItems, Buffer.alloc(0), encoded => {
    const { workflow, activity } = workItem.decode(encoded)
    if (workflow) answerTurn(workflow)
    if (activity) activities.add(activity, answerActivity)
  })
}

const payloadTooLarge = {
  type: 'PayloadTooLarge',
  message:
    'what it passes on is larger than the sidecar takes: raise its --max-body-size, or pass a reference',
  nonRetryable: true,
}
