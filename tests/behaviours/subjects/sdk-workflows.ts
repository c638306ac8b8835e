import {
  DaprWorkflowClient,
  type TWorkflow,
  type WorkflowActivityContext,
  type WorkflowContext,
  WorkflowRuntime,
  WorkflowRuntimeStatus,
} from '@dapr/dapr'
import type { WorkflowCalls } from './protocol.ts'

async function unstable(_: WorkflowActivityContext, fails: number) {
  attempts += 1
  if (attempts <= fails) throw new Error('the bank is closed')
  return 'done'
}

async function wrap(_: WorkflowActivityContext, input: unknown) {
  return { input }
}

async function* echo(context: WorkflowContext, input: unknown): AsyncGenerator<unknown, unknown> {
  return yield context.callActivity(wrap, input)
}

async function* persistent(context: WorkflowContext, fails: number): AsyncGenerator<unknown, unknown> {
  return yield context.callActivity(unstable, fails)
}

let attempts = 0
const options = { daprHost: '127.0.0.1', daprPort: process.env.DAPR_GRPC_PORT ?? '' }
const client = new DaprWorkflowClient(options)

export async function startWorkflows(): Promise<void> {
  const runtime = new WorkflowRuntime(options)
  runtime.registerWorkflow(echo).registerWorkflow(persistent)
  runtime.registerActivity(wrap).registerActivity(unstable)
  await runtime.start()
}

/** The output of a workflow. */
async function run(workflow: TWorkflow, input: unknown): Promise<unknown> {
  const id = await client.scheduleNewWorkflow(workflow, input)
  const state = await client.waitForWorkflowCompletion(id)
  if (state?.runtimeStatus !== WorkflowRuntimeStatus.COMPLETED) {
    throw new Error(state?.workflowFailureDetails?.getErrorMessage() ?? 'not completed')
  }
  return JSON.parse(state.serializedOutput ?? 'null')
}

export const workflowCalls: WorkflowCalls = {
  async echoByWorkflow(input) {
    const { input: echoed } = (await run(echo, input)) as { input?: unknown }
    return { echoed }
  },
  retryByWorkflow: fails => run(persistent, fails),
}
