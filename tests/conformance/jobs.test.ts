import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import {
  type DroppedJob,
  dapr as daprPlugin,
  deleteJob,
  drop,
  getJob,
  job,
  onJob,
  retry,
  type ScheduleOptions,
  type Sidecar,
  scheduleJob,
} from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { daprd, eventually, failureOf, startControlPlane } from './environment.ts'

setDefaultTimeout(60_000)

const Work = Type.Object({ units: Type.Integer(), note: Type.Optional(Type.String()) })
const work = job('work', Work)
const workLate = job('work-late', Work)
const anything = job('anything', Type.Unknown())
const failing = job('failing', Type.Object({ until: Type.Integer() }))
const giving = job('giving-up', Type.Null())
const slow = job('slow', Type.Null())
const slowDropped = job('slow-dropped', Type.Null())
const unhandled = job('unhandled', Type.Unknown())

interface Run {
  name: string
  key: string | undefined
  data: unknown
  at: number
}

const runs: Run[] = []
const dropped: (DroppedJob & { reason: string })[] = []
const aborted: unknown[] = []
const record = ({ name, key, data }: Omit<Run, 'at'>) => runs.push({ name, key, data, at: performance.now() })
// By its name: a run of an earlier test's job may come late.
const runsOf = (name: string) => runs.filter(run => run.name === name)
const droppedOf = (name: string) => dropped.filter(job => job.name === name)
const runOf = (name: string) => eventually(() => runsOf(name)[0])
const onDrop = (job: DroppedJob, reason: string) => void dropped.push({ ...job, reason })

const app = ({ appToken }: { appToken: string }) =>
  new Elysia()
    .use(daprPlugin({ appToken }))
    .use(onJob(work, context => void record(context), { onDrop }))
    .use(onJob(workLate, context => void record(context)))
    .use(onJob(anything, context => void record(context)))
    .use(
      onJob(failing, context => {
        record(context)
        const { length } = runsOf(context.name)
        if (length >= context.data.until) return undefined
        if (length % 2 === 0) return retry('not yet')
        throw new Error('not yet')
      }),
    )
    .use(
      onJob(
        giving,
        async context => {
          record(context)
          return drop('for good')
        },
        { onDrop },
      ),
    )
    .use(
      onJob(
        slow,
        async context => {
          record(context)
          if (runsOf('slow').length > 1) return
          await new Promise(resolve => context.signal.addEventListener('abort', resolve))
          aborted.push(context.signal.reason)
        },
        { timeout: 200 },
      ),
    )
    .use(
      onJob(
        slowDropped,
        async context => {
          record(context)
          await new Promise(resolve => context.signal.addEventListener('abort', resolve))
        },
        { timeout: 200, onTimeout: 'drop', onDrop },
      ),
    )

let dapr: Daprd
const cleanup = new AsyncDisposableStack()

beforeAll(async () => {
  const { scheduler } = cleanup.use(await startControlPlane())
  dapr = cleanup.use(await daprd({ app, scheduler, logLevel: 'debug' }))
})

afterAll(() => cleanup.disposeAsync())

beforeEach(() => {
  for (const list of [runs, dropped, aborted]) list.length = 0
})

const now = { dueTime: '0s' } as const
const gone = (job: Parameters<typeof getJob>[1], key?: string) =>
  eventually(async () => ((await getJob(dapr, job, { ...(key && { key }) })) ? undefined : true))
const logged = (text: string | RegExp) => eventually(() => (dapr.log().match(text) ? true : undefined))

describe('a job', () => {
  test('is done when it is due, and is gone then', async () => {
    await scheduleJob(dapr, work, { units: 3, note: 'ü' }, now)
    const run = await runOf('work')
    expect(run).toMatchObject({ name: 'work', key: undefined, data: { units: 3, note: 'ü' } })
    await gone(work)
  })

  test.each([0, false, '', null, [], 'x'].map(data => [data]))('has the data %j', async data => {
    await scheduleJob(dapr, anything, data, now)
    const run = await runOf('anything')
    expect(run.data).toEqual(data)
    await gone(anything)
  })

  test('has an integer beyond 2^53 as daprd has rounded it, and a text as it was', async () => {
    const data = '{"number":9007199254740993,"text":"9007199254740993"}'
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: `{"dueTime":"2s","data":${data}}` }
    expect((await dapr.request('/v1.0/jobs/anything@large', init)).status).toBe(204)
    const rounded = { number: 9007199254740992, text: '9007199254740993' }
    expect((await getJob(dapr, anything, { key: 'large' }))?.data).toEqual(rounded)
    expect((await runOf('anything@large')).data).toEqual(rounded)
    await gone(anything, 'large')
  })

  test('without data has null', async () => {
    await scheduleJob(dapr, anything, undefined, now)
    const run = await runOf('anything')
    expect(run.data).toBe(null)
    await gone(anything)
  })

  test.each(['42', 'ü 😀', 'a@b', 'a:b', 'a||b', 'a"b<c>', 'a;b&c=d+e', '[x]', "(a)!*'", '.', ' a'])(
    'has a key such as %j, and one handler for all',
    async key => {
      await scheduleJob(dapr, work, { units: 1 }, { ...now, key })
      expect(await runOf(`work@${key}`)).toMatchObject({ key, data: { units: 1 } })
      await gone(work, key)
    },
  )

  test('has a handler of its own beside one whose name begins alike', async () => {
    await scheduleJob(dapr, workLate, { units: 1 }, { ...now, key: '1' })
    await scheduleJob(dapr, workLate, { units: 2 }, now)
    expect(await runOf('work-late@1')).toMatchObject({ key: '1', data: { units: 1 } })
    expect(await runOf('work-late')).toMatchObject({ key: undefined, data: { units: 2 } })
  })

  test.each(['', 'a/b', 'a\\b', 'a#b', 'a?b', '100%', 'a%41', 'a\nb', 'a ', '\ud800'])(
    'has no key %j',
    async key => {
      expect(await failureOf(scheduleJob(dapr, work, { units: 1 }, { ...now, key }))).toBeInstanceOf(
        TypeError,
      )
      expect(await failureOf(getJob(dapr, work, { key }))).toBeInstanceOf(TypeError)
      expect(await failureOf(deleteJob(dapr, work, { key }))).toBeInstanceOf(TypeError)
    },
  )

  test('is due at a time, and not before', async () => {
    const due = new Date(Date.now() + 1_500)
    const start = performance.now()
    await scheduleJob(dapr, work, { units: 1 }, { dueTime: due, key: 'later' })
    const { at } = await runOf('work@later')
    // The scheduler goes by seconds.
    expect(at - start).toBeGreaterThan(450)
  })

  test('recurs as often as it says', async () => {
    await scheduleJob(dapr, work, { units: 1 }, { schedule: '@every 1s', repeats: 3, key: 'often' })
    await eventually(() => (runsOf('work@often').length >= 3 ? true : undefined))
    await gone(work, 'often')
    expect(runsOf('work@often')).toHaveLength(3)
  })

  test('that recurs ends with its deletion', async () => {
    await scheduleJob(dapr, work, { units: 1 }, { schedule: '* * * * * *', key: 'ever' })
    await eventually(() => (runsOf('work@ever').length >= 2 ? true : undefined))
    await deleteJob(dapr, work, { key: 'ever' })
    const { length } = runsOf('work@ever')
    await scheduleJob(dapr, work, { units: 2 }, { dueTime: '2s', key: 'clock' })
    await eventually(() => (runsOf('work@clock').length > 0 ? true : undefined))
    expect(runsOf('work@ever').length).toBeLessThanOrEqual(length + 1)
  })

  test('ends with its time to live', async () => {
    const options = { schedule: '@every 1s', ttl: new Date(Date.now() + 2_500), key: 'ttl' }
    await scheduleJob(dapr, work, { units: 1 }, options)
    await eventually(() => (runsOf('work@ttl').length > 0 ? true : undefined))
    await gone(work, 'ttl')
    expect(runsOf('work@ttl').length).toBeLessThanOrEqual(3)
  })
})

describe('a job that is there', () => {
  const key = 'there'
  const later = { key, dueTime: '1h' } as const

  test('is read as it was scheduled, until it is deleted', async () => {
    const options: ScheduleOptions = {
      ...later,
      schedule: '@every 5m',
      repeats: 4,
      ttl: '24h',
      failurePolicy: { interval: 1.5, maxRetries: 2 },
    }
    await scheduleJob(dapr, work, { units: 5 }, options)
    const { key: _, ...expected } = options
    expect(await getJob(dapr, work, { key })).toEqual({ data: { units: 5 }, ...expected } as never)
    expect(await getJob(dapr, work)).toBeUndefined()
    await deleteJob(dapr, work, { key })
    expect(await getJob(dapr, work, { key })).toBeUndefined()
    await deleteJob(dapr, work, { key })
  })

  test('is replaced by overwrite, and by nothing else', async () => {
    await scheduleJob(dapr, work, { units: 1 }, later)
    const error = await failureOf(scheduleJob(dapr, work, { units: 2 }, later))
    expect(error).toMatchObject({ name: 'DaprError', status: 409, retryable: false })
    expect((await getJob(dapr, work, { key }))?.data).toEqual({ units: 1 })
    await scheduleJob(dapr, work, { units: 3 }, { ...later, overwrite: true, failurePolicy: 'drop' })
    expect(await getJob(dapr, work, { key })).toMatchObject({ data: { units: 3 }, failurePolicy: 'drop' })
    await deleteJob(dapr, work, { key })
  })

  test('whose data do not fit is told', async () => {
    await scheduleJob(dapr, job('work', Type.Unknown()), 'text', later)
    expect(await failureOf(getJob(dapr, work, { key }))).toMatchObject({
      code: 'SCHEMA_MISMATCH',
      retryable: false,
    })
    await deleteJob(dapr, work, { key })
  })
})

describe('a job that fails', () => {
  test('is tried again, whether its handler throws or asks for it', async () => {
    await scheduleJob(dapr, failing, { until: 4 }, { ...now, key: 'often' })
    await eventually(() => (runsOf('failing@often').length === 4 ? true : undefined))
    await gone(failing, 'often')
    expect(runsOf('failing@often')).toHaveLength(4)
  })

  test('is given up after three more attempts, unless it says otherwise', async () => {
    await scheduleJob(dapr, failing, { until: 99 }, { ...now, key: 'default' })
    await scheduleJob(dapr, failing, { until: 99 }, { ...now, key: 'drop', failurePolicy: 'drop' })
    const failurePolicy = { interval: 0.2, maxRetries: 6 }
    await scheduleJob(dapr, failing, { until: 99 }, { ...now, key: 'six', failurePolicy })
    for (const key of ['default', 'drop', 'six']) await gone(failing, key)
    const counts = ['default', 'drop', 'six'].map(key => runsOf(`failing@${key}`).length)
    expect(counts).toEqual([4, 1, 7])
  })

  test('on data that do not fit is dropped at once', async () => {
    await scheduleJob(dapr, job('work', Type.Unknown()), { units: 'three' }, { ...now, key: 'bad' })
    await gone(job('work', Type.Unknown()), 'bad')
    const data = { units: 'three' }
    const reason = 'data/units: Expected integer'
    expect(droppedOf('work@bad')).toEqual([{ name: 'work@bad', key: 'bad', data, reason }])
    expect(runsOf('work@bad')).toEqual([])
  })

  test('by drop is not tried again', async () => {
    await scheduleJob(dapr, giving, null, now)
    await gone(giving)
    const job = { name: 'giving-up', key: undefined, data: null }
    expect(droppedOf('giving-up')).toEqual([{ ...job, reason: 'for good' }])
    expect(runsOf('giving-up')).toHaveLength(1)
  })

  test('in time is tried again, and its handler is told', async () => {
    await scheduleJob(dapr, slow, null, now)
    await gone(slow)
    expect(runsOf('slow')).toHaveLength(2)
    expect(aborted).toMatchObject([{ name: 'TimeoutError' }])
  })

  test('in time is dropped where that is asked for', async () => {
    await scheduleJob(dapr, slowDropped, null, now)
    await gone(slowDropped)
    expect(droppedOf('slow-dropped')).toMatchObject([{ reason: 'not handled within 200 ms' }])
    expect(runsOf('slow-dropped')).toHaveLength(1)
  })

  test('for want of a handler is tried again, and never taken for done', async () => {
    for (const name of ['unhandled', 'work-', 'workx'])
      await scheduleJob(dapr, job(name, Type.Unknown()), 1, { ...now, key: '1' })
    for (const name of ['unhandled', 'work-', 'workx']) {
      await gone(job(name, Type.Unknown()), '1')
      const failures = dapr.log().match(RegExp(`unexpected status code.* triggered job ${name}@1\\.`, 'g'))
      expect(failures?.length).toBeGreaterThanOrEqual(4)
    }
    expect(dapr.log()).not.toContain('non-retriable error returned from app while processing triggered job')
  })
})

test('a job that somebody else scheduled without data never reaches the app: daprd cannot deliver it', async () => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(now)
  const answer = await dapr.request('/v1.0/jobs/anything', { method: 'POST', headers, body })
  expect(answer.status).toBe(204)
  await logged('none of the oneof fields is set')
  await deleteJob(dapr, anything)
  expect(runsOf('anything')).toEqual([])
})

test.each([
  ['a schedule that is none', { schedule: 'never' }],
  ['a time that is none', { dueTime: 'soon' }],
] satisfies [string, ScheduleOptions][])('%s is refused, for ever', async (_, when) => {
  const error = await failureOf(scheduleJob(dapr, work, { units: 1 }, when))
  expect(error).toMatchObject({ name: 'DaprError', code: 'DAPR_SCHEDULER_SCHEDULE_JOB', retryable: false })
})

test('a key that is too long is refused, for ever', async () => {
  const error = await failureOf(scheduleJob(dapr, work, { units: 1 }, { ...now, key: 'x'.repeat(600) }))
  expect(error).toMatchObject({ code: 'DAPR_SCHEDULER_SCHEDULE_JOB', retryable: false })
})

test('jobs survive a restart of the sidecar', async () => {
  await scheduleJob(dapr, work, { units: 1 }, { dueTime: '3s', key: 'restart' })
  await dapr.restart()
  await eventually(() => (runsOf('work@restart').length > 0 ? true : undefined))
})

test('without a scheduler a job rejects', async () => {
  await using alone: Sidecar & AsyncDisposable = await daprd()
  const error = await failureOf(scheduleJob(alone, unhandled, 1, { ...now, timeout: 1_000 }))
  expect(error).toMatchObject({ name: 'DaprError', retryable: true })
})
