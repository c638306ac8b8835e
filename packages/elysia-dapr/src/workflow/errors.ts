import { DaprError } from '../errors.ts'

/**
 * Thrown by an activity or a child workflow to say that another attempt would fail as well: its retry policy is
 * not asked. Any error with `retryable: false`, such as a DaprError of a 404, says the same.
 */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError'
  readonly retryable = false
}

/** A value that crosses the border of an activity or a workflow does not fit its schema. */
export class SchemaError extends NonRetryableError {
  override readonly name = 'SchemaError'
}

/** What a failed step of a workflow throws at its `yield*`, after its last attempt. */
export abstract class StepError extends Error {
  /** Name of the error that was thrown there, such as `TypeError`. */
  readonly type: string
  /** False when the step said that a retry makes no sense. */
  readonly retryable: boolean

  constructor(message: string, { type, retryable }: { type: string; retryable: boolean }) {
    super(message)
    this.type = type
    this.retryable = retryable
  }
}

/** An activity failed. The message is the one of the error that it threw. */
export class ActivityError extends StepError {
  override readonly name = 'ActivityError'
  /** Name of the activity. */
  readonly activity: string

  constructor(activity: string, message: string, details: { type: string; retryable: boolean }) {
    super(message, details)
    this.activity = activity
  }
}

/** A child workflow failed or was terminated. */
export class ChildWorkflowError extends StepError {
  override readonly name = 'ChildWorkflowError'
  /** Name of the workflow, with its version. */
  readonly workflow: string

  constructor(workflow: string, message: string, details: { type: string; retryable: boolean }) {
    super(message, details)
    this.workflow = workflow
  }
}

/** A workflow that was waited for ended without a result. */
export class WorkflowError extends DaprError {
  override readonly name = 'WorkflowError'
  readonly instanceId: string
  /** How the workflow ended. */
  readonly runtimeStatus: 'FAILED' | 'TERMINATED' | 'CANCELED'

  constructor(
    instanceId: string,
    runtimeStatus: 'FAILED' | 'TERMINATED' | 'CANCELED',
    failure: { type: string; message: string } | undefined,
  ) {
    const reason = failure ? `: ${failure.type}: ${failure.message}` : ''
    super(`the workflow ${instanceId} is ${runtimeStatus}${reason}`, {
      code: `WORKFLOW_${runtimeStatus}`,
      body: failure,
      retryable: false,
    })
    this.instanceId = instanceId
    this.runtimeStatus = runtimeStatus
  }
}
