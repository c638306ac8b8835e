import type { Static } from '@sinclair/typebox'
import { segment } from '../client/segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from '../client/sidecar.ts'
import { badAnswer, DaprError } from '../errors.ts'
import type { Passed, Schema } from './payload.ts'
import type { Events, Workflow } from './workflow.ts'

/** How `startWorkflow` calls. */
export interface StartWorkflowOptions extends CallOptions {
  /** Up to 64 letters, digits, `-` and `_`. @default a random UUID, made by the sidecar */
  instanceId?: string
}

/**
 * Starts an instance; resolves with its ID when it is stored. While no worker is connected to the sidecar, it waits.
 * An ID that a running instance has rejects; one of an instance that ended begins anew, and what there was is gone.
 * @throws DaprError `ERR_START_WORKFLOW`, SchemaError for an input that does not fit
 * Source: https://docs.dapr.io/reference/api/workflow_api/#start-workflow-request
 */
export async function startWorkflow<Input extends Schema, Output extends Schema, E extends Events>(
  sidecar: Sidecar,
  workflow: Workflow<Input, Output, E>,
  ...[input, { instanceId, ...call } = {}]: Passed<Input, [options?: StartWorkflowOptions]>
): Promise<string> {
  const query = instanceId === undefined ? '' : `?instanceID=${encodeURIComponent(instanceId)}`
  const path = `${base}/${segment('a workflow', workflow.name)}/start${query}`
  const answer = await sidecar.request(path, post(workflow.input.encode(input as never)), call)
  const body = await readBody(await assertOk(answer, `start the workflow ${workflow.name}`))
  const { instanceID } = (body ?? {}) as { instanceID?: unknown }
  if (typeof instanceID === 'string') return instanceID
  throw new DaprError('the sidecar names no instance', badAnswer(answer, body))
}

/**
 * Raises an external event. It is kept until the instance waits for it.
 * @throws DaprError, also for an instance that there is not; SchemaError for data that does not fit; TypeError for an
 * ID that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#raise-event-request
 */
export async function raiseEvent<E extends Events, Name extends keyof E & string>(
  sidecar: Sidecar,
  workflow: Workflow<Schema, Schema, E>,
  instanceId: string,
  event: Name,
  ...[data, options]: Passed<E[Name], [options?: CallOptions]>
): Promise<void> {
  const payload = workflow.events.get(event.toLowerCase())
  if (!payload) throw new TypeError(`the workflow ${workflow.name} has no event ${event}`)
  const text = payload.encode(data as Static<E[Name]> as never)
  const path = `${instancePath(instanceId)}/raiseEvent/${segment('an event', event)}`
  await assertOk(
    await sidecar.request(path, post(text), options),
    `raise ${event} for the workflow ${instanceId}`,
  )
}

/**
 * Stops an instance from going on; what it has started goes on, and what happens meanwhile is kept.
 * @throws DaprError, TypeError for an ID that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#pause-workflow-request
 */
export function pauseWorkflow(sidecar: Sidecar, instanceId: string, options?: CallOptions): Promise<void> {
  return command(sidecar, instanceId, 'pause', options)
}

/**
 * Lets an instance that was paused go on.
 * @throws DaprError, TypeError for an ID that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#resume-workflow-request
 */
export function resumeWorkflow(sidecar: Sidecar, instanceId: string, options?: CallOptions): Promise<void> {
  return command(sidecar, instanceId, 'resume', options)
}

/**
 * Ends an instance and its children; activities under way run to their end, and their results are lost.
 * @throws DaprError `ERR_INSTANCE_ID_NOT_FOUND` and others, TypeError for an ID that does not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#terminate-workflow-request
 */
export function terminateWorkflow(
  sidecar: Sidecar,
  instanceId: string,
  options?: CallOptions,
): Promise<void> {
  return command(sidecar, instanceId, 'terminate', options)
}

/**
 * Removes all that is stored of an instance that ended, and of its children.
 * @throws DaprError `ERR_INSTANCE_ID_NOT_FOUND`, `ERR_PURGE_WORKFLOW` for one that runs, TypeError for an ID that does
 * not fit into a URL
 * Source: https://docs.dapr.io/reference/api/workflow_api/#purge-workflow-request
 */
export function purgeWorkflow(sidecar: Sidecar, instanceId: string, options?: CallOptions): Promise<void> {
  return command(sidecar, instanceId, 'purge', options)
}

const base = '/v1.0/workflows/dapr'

export function instancePath(instanceId: string): string {
  return `${base}/${segment('a workflow instance', instanceId)}`
}

async function command(
  sidecar: Sidecar,
  instanceId: string,
  verb: string,
  options: CallOptions | undefined,
): Promise<void> {
  const answer = await sidecar.request(`${instancePath(instanceId)}/${verb}`, { method: 'POST' }, options)
  await assertOk(answer, `${verb} the workflow ${instanceId}`)
}

function post(body: string | undefined): RequestInit {
  return {
    method: 'POST',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
  }
}
