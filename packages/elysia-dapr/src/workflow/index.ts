export { type Activity, type ActivityContext, activity } from './activity.ts'
export {
  pauseWorkflow,
  purgeWorkflow,
  raiseEvent,
  resumeWorkflow,
  type StartWorkflowOptions,
  startWorkflow,
  terminateWorkflow,
} from './client.ts'
export {
  ActivityError,
  ChildWorkflowError,
  NonRetryableError,
  SchemaError,
  StepError,
  WorkflowError,
} from './errors.ts'
export type { RetryPolicy } from './retry.ts'
export { getWorkflow, type WorkflowFailure, type WorkflowState, waitForWorkflow } from './state.ts'
export type { ResultOf, Step, Winner } from './step.ts'
export { startWorker, type Worker, type WorkerOptions } from './worker/worker.ts'
export {
  type CallStepOptions,
  type ChildOptions,
  type ContinueAsNew,
  type Events,
  type Received,
  type Workflow,
  type WorkflowContext,
  workflow,
} from './workflow.ts'
