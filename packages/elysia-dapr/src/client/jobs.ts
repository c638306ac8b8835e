import type { Static, TSchema } from '@sinclair/typebox'
import type { Job } from '../contract.ts'
import { badAnswer, DaprError, schemaMismatch } from '../errors.ts'
import { jobName } from '../job-name.ts'
import { compiled } from './compiled.ts'
import { postJson } from './post-json.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar, toDaprError } from './sidecar.ts'

/** Which job it is, and how to call. */
export interface JobOptions extends CallOptions {
  /** Which of many jobs of this name, such as an order's number. @default the only one */
  key?: string
}

/** When a job is due: by a schedule, once, or by a schedule from a time on. */
export type When =
  | {
      /** A cron expression with seconds, as in `0 30 * * * *`, or `@every 1h`, `@daily`, …. */
      schedule: string
      dueTime?: JobTime
    }
  | { schedule?: never; dueTime: JobTime }

/** A time, as a Date or in RFC 3339, or a Go duration from now on, as in `90s`. */
export type JobTime = string | Date

/** When and how often a job is done, and what becomes of one that fails. */
export type ScheduleOptions = JobOptions &
  When & {
    /** How often it is done at most. @default once without a schedule, else for ever */
    repeats?: number
    /** When it ends. @default never */
    ttl?: JobTime
    /** Whether it takes the place of a job that is there; without it that is an error with status 409. @default false */
    overwrite?: boolean
    /**
     * What happens when the handler fails: `drop` gives this time up; else it is tried again after `interval` seconds,
     * `maxRetries` times, for ever without. @default every second, 3 times
     */
    failurePolicy?: FailurePolicy
  }

/** What happens when the handler of a job fails; `interval` is in seconds. */
export type FailurePolicy = 'drop' | { interval: number; maxRetries?: number }

/**
 * Schedules a job, which `onJob` of the same app ID handles, also after a restart of everything.
 *
 * daprd keeps numbers as 64-bit floats: make an integer beyond 2^53 a string.
 * @throws DaprError, with status 409 when the job is there and `overwrite` is not set; `TIMEOUT` when daprd has no
 * scheduler
 * @throws TypeError for a key that cannot be in a name, and for data that JSON cannot hold
 * Source: https://docs.dapr.io/reference/api/jobs_api/
 *
 * @example
 * await scheduleJob(sidecar(), expireReservation, { order: 42 }, { key: '42', dueTime: '15m', overwrite: true })
 */
export async function scheduleJob<Data extends TSchema>(
  sidecar: Sidecar,
  job: Job<Data>,
  data: Static<Data>,
  { key, schedule, dueTime, repeats, ttl, overwrite, failurePolicy, ...options }: ScheduleOptions,
): Promise<void> {
  const body = {
    schedule,
    dueTime: toTime(dueTime),
    repeats,
    ttl: toTime(ttl),
    overwrite,
    failurePolicy: failurePolicy && toPolicy(failurePolicy),
    // Never without: daprd takes a job that has none and fails when it is due.
    data: data === undefined ? null : data,
  }
  const answer = await postJson(sidecar, pathOf(job, key), body, options)
  if (answer.ok) return
  const error = await toDaprError(answer, `schedule ${jobName(job.name, key)}`)
  // Status 500, like everything that the scheduler says.
  if (!/job (failed validation|name is invalid)/.test(error.message)) throw error
  const { message, status, code, body: refusal } = error
  throw new DaprError(message, { status, code, body: refusal, retryable: false })
}

/** A job as the scheduler has it. */
export interface ScheduledJob<Data> {
  data: Data
  schedule?: string
  dueTime?: string
  repeats?: number
  ttl?: string
  failurePolicy: FailurePolicy
}

/**
 * Reads a job; resolves with `undefined` when it is not there, or was done for the last time.
 * @throws DaprError, also when its data do not fit the schema (`SCHEMA_MISMATCH`)
 * @throws TypeError for a key that cannot be in a name
 * Source: https://docs.dapr.io/reference/api/jobs_api/#get-job-data
 */
export async function getJob<Data extends TSchema>(
  sidecar: Sidecar,
  job: Job<Data>,
  { key, ...options }: JobOptions = {},
): Promise<ScheduledJob<Static<Data>> | undefined> {
  const name = jobName(job.name, key)
  const answer = await sidecar.request(pathOf(job, key), {}, options)
  if (!answer.ok) {
    const error = await toDaprError(answer, `read ${name}`)
    // Status 500 as well.
    if (error.message.includes('code = NotFound')) return undefined
    throw error
  }
  const body = await readBody(answer)
  if (typeof body !== 'object' || body === null) {
    throw new DaprError(`read ${name}: the answer is no job`, badAnswer(answer, body))
  }
  const { data, failurePolicy, name: _, ...when } = body as StoredJob
  const value = data?.value
  if (!compiled(job.data).Check(value)) {
    throw new DaprError(`the data of ${name} do not fit their schema`, schemaMismatch(answer))
  }
  return { ...when, data: value, failurePolicy: fromPolicy(failurePolicy) }
}

/**
 * Deletes a job; deleting what is not there succeeds.
 * @throws DaprError
 * @throws TypeError for a key that cannot be in a name
 * Source: https://docs.dapr.io/reference/api/jobs_api/#delete-a-job
 */
export async function deleteJob(
  sidecar: Sidecar,
  job: Job,
  { key, ...options }: JobOptions = {},
): Promise<void> {
  const answer = await sidecar.request(pathOf(job, key), { method: 'DELETE' }, options)
  await assertOk(answer, `delete ${jobName(job.name, key)}`)
}

function pathOf(job: Job, key: string | undefined): string {
  return `/v1.0/jobs/${segment('a job', jobName(job.name, key))}`
}

function toTime(time: JobTime | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time
}

interface StoredJob {
  name: string
  data?: { value?: unknown }
  failurePolicy?: StoredPolicy
}

interface StoredPolicy {
  drop?: object
  constant?: { interval?: string; maxRetries?: number }
}

function toPolicy(policy: FailurePolicy): StoredPolicy {
  if (policy === 'drop') return { drop: {} }
  const { interval, maxRetries } = policy
  return { constant: { interval: `${interval}s`, ...(maxRetries !== undefined && { maxRetries }) } }
}

function fromPolicy({ drop, constant = {} }: StoredPolicy = {}): FailurePolicy {
  if (drop) return 'drop'
  const { interval = '0s', maxRetries } = constant
  return { interval: Number.parseFloat(interval), ...(maxRetries !== undefined && { maxRetries }) }
}
