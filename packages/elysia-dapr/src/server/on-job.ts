import type { Static, TSchema } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Job } from '../contract.ts'
import { type CallbackContext, callback } from './callback.ts'
import type { Handled } from './outcome.ts'
import { failed, type HandlerOptions, handlerRunner } from './run-handler.ts'

/** What the handler of `onJob` gets. */
export interface JobContext<Data> {
  readonly data: Data
  /** The job's name as daprd has it, with its key. */
  readonly name: string
  /** The key it was scheduled with, if any. */
  readonly key: string | undefined
  readonly headers: Headers
  /** Aborted at the time-out, and when daprd no longer waits for the answer. */
  readonly signal: AbortSignal
}

/** What is known of a job that is dropped or retried. */
export type DroppedJob = Pick<JobContext<unknown>, 'name' | 'key' | 'data'>

/** How long the handler of `onJob` may take, and who is told of what is dropped or retried. */
export interface OnJobOptions extends HandlerOptions<DroppedJob> {}

/**
 * Handles a job when it is due, with whatever key. The job is done when the handler returns; when it throws or returns
 * `retry(reason)` it is tried again by the failure policy that it was scheduled with, three times by default, and is
 * lost after that; `drop(reason)` gives this time up. Data are JSON if that fits the schema, else text. Data that do not fit the schema are dropped at once.
 *
 * The handler runs in a span `job <name>` where OpenTelemetry is set up; it begins a trace, as daprd keeps none for a
 * job. Put the result into the app by `use`, beside `dapr()`, which has daprd try a job again that the app does not
 * handle: it would be lost otherwise.
 * @throws TypeError for a timeout that is none
 * Source: https://docs.dapr.io/reference/api/jobs_api/
 *
 * @example
 * const expireReservation = job('expire-reservation', Type.Object({ order: Type.Integer() }))
 * app.use(onJob(expireReservation, ({ data }) => expire(data.order)))
 */
export function onJob<Data extends TSchema>(
  job: Job<Data>,
  handler: (context: JobContext<Static<Data>>) => Handled,
  options: OnJobOptions = {},
): Elysia {
  const span = { name: `job ${job.name}`, attributes: { 'dapr.job.name': job.name } }
  const run = handlerRunner<Data, DroppedJob>(job.data, span, { onDrop: tell, ...options })

  function receive({ body, params, request }: CallbackContext): Promise<Response> {
    // A route without a wildcard has no params.
    const rest = (params as { '*'?: string } | undefined)?.['*']
    const key = rest === undefined ? undefined : decodeURIComponent(rest)
    const name = key === undefined ? job.name : `${job.name}@${key}`
    return run({
      body,
      request,
      given: data => ({ data, name, key }),
      handle: (data, signal) =>
        handler({
          data,
          name,
          key,
          headers: request.headers,
          get signal() {
            return signal()
          },
        }),
    })
  }

  return new Elysia()
    .use(callback(`/job/${job.name}`, receive, { calledAt: `/job/${job.name}`, body: 'bytes' }))
    .use(callback(`/job/${job.name}@*`, receive, { body: 'bytes' })) as unknown as Elysia
}

/** Fails the jobs that no handler takes: daprd takes the 404 that they would get for done. */
export function unhandledJobs(): Elysia {
  return callback('/job/*', ({ params }) => failed(`no handler for the job ${params['*']}`))
}

function tell({ name }: DroppedJob, reason: string): void {
  console.error(`job ${name} was dropped: ${reason}`)
}
