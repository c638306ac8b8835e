import { setTimeout } from 'node:timers/promises'
import { assertOk, type CallOptions, readBody, type Sidecar } from '../client/sidecar.ts'
import { badAnswer, DaprError, schemaMismatch } from '../errors.ts'
import { parseExactly } from '../exact-json.ts'
import { instancePath } from './client.ts'
import { SchemaError, WorkflowError } from './errors.ts'
import type { Schema, Value } from './payload.ts'
import type { Events, Workflow } from './workflow.ts'

interface StateOf<Input extends Schema> {
  instanceId: string
  /** When it was started. */
  createdAt: Date
  lastUpdatedAt: Date
  /** `undefined` while it is `PENDING`. */
  input: Value<Input> | undefined
  /** What the workflow has set last. */
  customStatus: unknown
}

/** What ended a workflow. */
export interface WorkflowFailure {
  /** Name of the error. */
  type: string
  message: string
  stack?: string
}

/**
 * `STALLED` is one whose history is larger than what the sidecar passes on (`--max-body-size`); it goes on when that
 * changes. One whose workflow no worker has is `RUNNING` and says so in its custom status.
 */
export type WorkflowState<Input extends Schema = Schema, Output extends Schema = Schema> = StateOf<Input> &
  (
    | { runtimeStatus: 'PENDING' | 'RUNNING' | 'SUSPENDED' | 'STALLED' | 'TERMINATED' | 'CANCELED' }
    | { runtimeStatus: 'COMPLETED'; output: Value<Output> }
    | { runtimeStatus: 'FAILED'; failure: WorkflowFailure }
  )

/**
 * The state of an instance; `undefined` when there is none.
 * @throws DaprError, `OTHER_WORKFLOW` for an instance of another workflow or version, `SCHEMA_MISMATCH` for input or
 * output that does not fit; TypeError for an ID that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#get-workflow-request
 */
export async function getWorkflow<Input extends Schema, Output extends Schema, E extends Events>(
  sidecar: Sidecar,
  workflow: Workflow<Input, Output, E>,
  instanceId: string,
  options?: CallOptions,
): Promise<WorkflowState<Input, Output> | undefined> {
  const answer = await read(sidecar, instancePath(instanceId), options)
  if (answer.status === 404) return undefined
  const body = await readBody(await assertOk(answer, `get the workflow ${instanceId}`))
  if (!isDescribed(body)) {
    throw new DaprError(`get the workflow ${instanceId}: the answer is no instance`, badAnswer(answer, body))
  }
  // An instance that has not run yet has no name in daprd 1.18.
  if (body.workflowName && body.workflowName !== workflow.name) {
    const message = `the instance ${instanceId} is one of ${body.workflowName}, not of ${workflow.name}`
    throw new DaprError(message, { status: 409, code: 'OTHER_WORKFLOW' })
  }
  try {
    return toState(workflow, body)
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause
    throw new DaprError(cause.message, { ...schemaMismatch(answer), cause })
  }
}

/**
 * Waits until an instance has ended, and resolves with its output.
 * @throws WorkflowError when it ended otherwise; DaprError as `getWorkflow`, `TIMEOUT` after `timeout` milliseconds
 * (default 60_000), `ABORTED`, `ERR_INSTANCE_ID_NOT_FOUND`
 */
export async function waitForWorkflow<Input extends Schema, Output extends Schema, E extends Events>(
  sidecar: Sidecar,
  workflow: Workflow<Input, Output, E>,
  instanceId: string,
  { timeout = 60_000, signal }: CallOptions = {},
): Promise<Value<Output>> {
  const deadline = performance.now() + timeout
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 1_000)) {
    const left = deadline - performance.now()
    if (left <= 0) {
      const message = `the workflow ${instanceId} did not end within ${timeout} ms`
      throw new DaprError(message, { code: 'TIMEOUT' })
    }
    const call = { timeout: Math.min(left, 10_000), ...(signal && { signal }) }
    const state = await getWorkflow(sidecar, workflow, instanceId, call).catch(error => {
      // A sidecar that is started again has the instance still.
      if (error instanceof DaprError && error.retryable) return 'unknown' as const
      throw error
    })
    if (state === undefined) {
      const message = `there is no workflow ${instanceId}`
      throw new DaprError(message, { status: 404, code: 'ERR_INSTANCE_ID_NOT_FOUND' })
    }
    if (state !== 'unknown') {
      const { runtimeStatus } = state
      if (runtimeStatus === 'COMPLETED') return state.output
      if (runtimeStatus === 'FAILED') throw new WorkflowError(instanceId, runtimeStatus, state.failure)
      if (runtimeStatus === 'TERMINATED' || runtimeStatus === 'CANCELED') {
        throw new WorkflowError(instanceId, runtimeStatus, undefined)
      }
    }
    await setTimeout(Math.min(pause, left), undefined, signal && { signal }).catch(cause => {
      throw new DaprError('the call was cancelled', { code: 'ABORTED', cause })
    })
  }
}

/** daprd 1.18 reads the parts of an instance one after the other, and fails when one is written meanwhile. */
async function read(sidecar: Sidecar, path: string, options: CallOptions | undefined): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await sidecar.request(path, {}, options)
    if (answer.status !== 500 || attempt === 5) return answer
    await setTimeout(10 * attempt, undefined, options?.signal && { signal: options.signal }).catch(() => {})
  }
}

interface Described {
  instanceID: string
  workflowName?: string
  createdAt: string
  lastUpdatedAt: string
  runtimeStatus: string
  properties?: Record<string, string>
}

function toState<Input extends Schema, Output extends Schema>(
  workflow: Pick<Workflow<Input, Output>, 'input' | 'output'>,
  {
    instanceID: instanceId,
    workflowName,
    createdAt,
    lastUpdatedAt,
    runtimeStatus,
    properties = {},
  }: Described,
): WorkflowState<Input, Output> {
  const property = (name: string) => properties[`dapr.workflow.${name}`]
  const state = {
    instanceId,
    createdAt: new Date(createdAt),
    lastUpdatedAt: new Date(lastUpdatedAt),
    input: workflowName ? workflow.input.decode(property('input')) : undefined,
    customStatus: parsed(property('custom_status')),
  }
  if (runtimeStatus === 'COMPLETED') {
    return { ...state, runtimeStatus, output: workflow.output.decode(property('output')) }
  }
  if (runtimeStatus === 'FAILED') {
    const stack = property('failure.stack_trace')
    const failure = {
      type: property('failure.error_type') ?? 'Error',
      message: property('failure.error_message') ?? '',
      ...(stack !== undefined && { stack }),
    }
    return { ...state, runtimeStatus, failure }
  }
  // daprd 1.18 has no word for it in its HTTP API.
  const known = runtimeStatus === 'UNKNOWN' ? 'STALLED' : runtimeStatus
  return { ...state, runtimeStatus: known } as WorkflowState<Input, Output>
}

function isDescribed(body: unknown): body is Described {
  return typeof body === 'object' && body !== null && 'runtimeStatus' in body
}

/** Workflows of other SDKs set texts that are no JSON. */
function parsed(text: string | undefined): unknown {
  if (!text) return undefined
  try {
    return parseExactly(text)
  } catch {
    return text
  }
}
