import { Type } from '@sinclair/typebox'
import { sidecar } from 'elysia-dapr'
import { activity, startWorker, startWorkflow, waitForWorkflow, workflow } from 'elysia-dapr/workflow'
import type { WorkflowCalls } from './protocol.ts'

const unstable = activity('unstable', { input: Type.Integer(), output: Type.String() }, fails => {
  attempts += 1
  if (attempts <= fails) throw new Error('the bank is closed')
  return 'done'
})

const wrapped = Type.Object({ input: Type.Unknown() })
const wrap = activity('wrap', { input: Type.Unknown(), output: wrapped }, input => ({ input }))

const echo = workflow('echo', { input: Type.Unknown(), output: wrapped }, function* (context, input) {
  return yield* context.call(wrap, input)
})

const persistent = workflow(
  'persistent',
  { input: Type.Integer(), output: Type.String() },
  function* (context, fails) {
    return yield* context.call(unstable, fails, { retry: { maxAttempts: 3, firstInterval: 50 } })
  },
)

let attempts = 0
const dapr = sidecar()

export function startWorkflows(): void {
  startWorker({ workflows: [echo, persistent], activities: [wrap, unstable] })
}

export const workflowCalls: WorkflowCalls = {
  async echoByWorkflow(input) {
    const { input: echoed } = await waitForWorkflow(dapr, echo, await startWorkflow(dapr, echo, input))
    return { echoed }
  },
  retryByWorkflow: async fails =>
    await waitForWorkflow(dapr, persistent, await startWorkflow(dapr, persistent, fails)),
}
