import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { DaprError } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/index.ts'
import {
  ActivityError,
  activity,
  ChildWorkflowError,
  getWorkflow,
  NonRetryableError,
  pauseWorkflow,
  purgeWorkflow,
  raiseEvent,
  resumeWorkflow,
  startWorker,
  startWorkflow,
  terminateWorkflow,
  type Worker,
  waitForWorkflow,
  workflow,
} from '../../packages/elysia-dapr/src/workflow/index.ts'
import { inTestSpan, spans } from '../../packages/elysia-dapr/test/traced.ts'
import { component, daprd, eventually, failureOf, startControlPlane } from './environment.ts'

setDefaultTimeout(60_000)

const falsy = [0, false, '', null, undefined, [], {}, '0', 'ä\u0000😀', { zero: 0, none: null }]
const seen: unknown[] = []
const attempts: { key: string; taskId: number; at: number }[] = []
const errors: Error[] = []

const echo = activity('echo', { input: Type.Unknown(), output: Type.Unknown() }, value => {
  seen.push(value)
  return value
})
const add = activity('add', { input: Type.Integer(), output: Type.Integer() }, async value => {
  await Bun.sleep(5)
  return value + 1
})
const succeedThird = activity(
  'succeed-third',
  { output: Type.Integer() },
  (_, { idempotencyKey, taskId }) => {
    attempts.push({ key: idempotencyKey, taskId, at: performance.now() })
    if (attempts.length < 3) throw new RangeError('not yet')
    return attempts.length
  },
)
const failing = activity('failing', { input: Type.String() }, kind => {
  attempts.push({ key: '', taskId: 0, at: 0 })
  if (kind === 'never') throw new NonRetryableError('no use')
  if (kind === 'gone') throw new DaprError('not there', { status: 404, code: 'GONE' })
  throw new TypeError('broken')
})
const wrongOutput = activity('wrong-output', { output: Type.Integer() }, () => 'text' as never)
const large = activity('large', { output: Type.String() }, () => 'x'.repeat(5_000_000))
const traced = activity('traced', {}, () => undefined)

const echoing = workflow(
  'echo',
  { input: Type.Unknown(), output: Type.Unknown() },
  function* (context, value) {
    seen.push(value)
    return yield* context.call(echo, value)
  },
)
const child = workflow(
  'child',
  { input: Type.Unknown(), output: Type.Unknown() },
  function* (context, value) {
    yield* context.sleep(1)
    if (value === 'fail') throw new RangeError('the child is broken')
    return value
  },
)
const parent = workflow(
  'parent',
  { input: Type.Unknown(), output: Type.Unknown() },
  function* (context, value) {
    try {
      return yield* context.child(child, value)
    } catch (error) {
      if (!(error instanceof ChildWorkflowError)) throw error
      return [error.workflow, error.type, error.message]
    }
  },
)
const retrying = workflow('retrying', { output: Type.Integer() }, function* (context) {
  return yield* context.call(succeedThird, undefined, { retry: { maxAttempts: 3, firstInterval: 300 } })
})
const catching = workflow(
  'catching',
  { input: Type.String(), output: Type.Array(Type.Unknown()) },
  function* (context, kind) {
    try {
      yield* context.call(failing, kind, { retry: { maxAttempts: 2, firstInterval: 10 } })
      return []
    } catch (error) {
      if (!(error instanceof ActivityError)) throw error
      return [error.activity, error.type, error.message, error.retryable]
    }
  },
)
const throwing = workflow('throwing', { input: Type.String() }, function* (context, kind) {
  if (kind === 'input') yield* context.call(add, 'one' as never)
  if (kind === 'output') yield* context.call(wrongOutput)
  if (kind === 'activity') yield* context.call(failing, 'x')
  if (kind === 'large') yield* context.call(large)
  if (kind === 'yield') yield context as never
  throw new SyntaxError('of the workflow')
})
const mislabelled = workflow('mislabelled', { output: Type.Integer() }, function* (context) {
  yield* context.sleep(0)
  return 'text' as never
})
const tooLarge = workflow('too-large', { output: Type.String() }, function* (context) {
  yield* context.sleep(0)
  return 'x'.repeat(5_000_000)
})
const events = { paid: Type.Unknown(), count: Type.Integer() }
const waiting = workflow('waiting', { events, output: Type.Array(Type.Unknown()) }, function* (context) {
  const before = yield* context.waitFor('paid')
  context.setCustomStatus({ got: 1 })
  const after = yield* context.waitFor('paid', { timeout: 60_000 })
  context.setCustomStatus(0)
  return [before, after, yield* context.waitFor('paid', { timeout: 50 })]
})
const counting = workflow('counting', { events, output: Type.Integer() }, function* (context) {
  return yield* context.waitFor('count')
})
const timing = workflow('timing', { output: Type.Array(Type.Number()) }, function* (context) {
  const start = context.now.getTime()
  yield* context.sleep(400)
  const middle = context.now.getTime()
  yield* context.sleep(new Date(middle + 300))
  return [middle - start, context.now.getTime() - middle]
})
const racing = workflow('racing', { events, output: Type.Unknown() }, function* (context) {
  const slow = context.sleep(60_000)
  const first = yield* context.race([slow, context.call(add, 1), context.waitFor('count')])
  function* twice(value: number) {
    return yield* context.call(add, yield* context.call(add, value))
  }
  const [a, b, c] = yield* context.all([twice(0), twice(10), context.call(add, 100)])
  return first.index === 1 ? [first.result, a + b + c] : 'another'
})
const fanOut = workflow(
  'fan-out',
  { input: Type.Integer(), output: Type.Integer() },
  function* (context, width) {
    const results = yield* context.all(Array.from({ length: width }, (_, index) => context.call(add, index)))
    return results.reduce((sum, each) => sum + each, 0)
  },
)
const endless = workflow(
  'endless',
  { input: Type.Integer(), events, output: Type.Array(Type.Unknown()) },
  function* (context, round) {
    yield* context.call(add, round)
    if (round < 3) return context.continueAsNew(round + 1)
    return [round, yield* context.waitFor('paid', { timeout: 100 })]
  },
)
const ids = workflow('ids', { output: Type.Array(Type.String()) }, function* (context) {
  const before = [context.newId(), context.newId()]
  yield* context.sleep(1)
  return [...before, context.newId(), context.instanceId]
})
const replays: boolean[] = []
const replaying = workflow('replaying', {}, function* (context) {
  replays.push(context.isReplaying)
  yield* context.sleep(1)
  replays.push(context.isReplaying)
})
const tracing = workflow('tracing', {}, function* (context) {
  yield* context.call(traced)
  yield* context.call(traced)
})

const workflows = [
  ...[echoing, child, parent, retrying, catching, throwing, mislabelled, tooLarge, waiting, counting, timing],
  ...[racing, fanOut, endless, ids, replaying, tracing],
]
const activities = [echo, add, succeedThird, failing, wrongOutput, large, traced]

const cleanup = new AsyncDisposableStack()
let sidecar: Daprd
let worker: Worker

beforeAll(async () => {
  const plane = cleanup.use(await startControlPlane())
  sidecar = cleanup.use(
    await daprd({
      appId: 'flow',
      resources: [
        component('state', 'state.sqlite', { connectionString: 'state.db', actorStateStore: 'true' }),
      ],
      placement: plane.placement,
      scheduler: plane.scheduler,
      configuration: { tracing: { samplingRate: '1', stdout: false } },
    }),
  )
  worker = cleanup.use(
    startWorker({
      workflows,
      activities,
      endpoint: sidecar.grpcEndpoint,
      apiToken: sidecar.apiToken,
      onError: error => errors.push(error),
    }),
  )
  await worker.ready
})

afterAll(async () => await cleanup.disposeAsync())

describe('values', () => {
  test.each(falsy.map(value => [value]))('are kept: %j', async value => {
    seen.length = 0
    const id = await startWorkflow(sidecar, echoing, value)
    expect(await waitForWorkflow(sidecar, echoing, id)).toEqual(value)
    expect(new Set(seen.map(each => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(value)]))
    expect(await getWorkflow(sidecar, echoing, id)).toMatchObject({ input: value, output: value })
    expect(await waitForWorkflow(sidecar, parent, await startWorkflow(sidecar, parent, value))).toEqual(value)
    const raised = await startWorkflow(sidecar, waiting)
    await raiseEvent(sidecar, waiting, raised, 'paid', value)
    await raiseEvent(sidecar, waiting, raised, 'paid', value)
    const json = JSON.parse(JSON.stringify([value, { received: true, data: value }, { received: false }]))
    expect(await waitForWorkflow(sidecar, waiting, raised)).toEqual(json)
  })
})

describe('an activity', () => {
  test('is tried again by its policy, with one key and growing pauses', async () => {
    attempts.length = 0
    const id = await startWorkflow(sidecar, retrying)
    expect(await waitForWorkflow(sidecar, retrying, id)).toBe(3)
    const [first, second, third] = attempts
    expect(new Set(attempts.map(({ key }) => key)).size).toBe(1)
    expect(new Set(attempts.map(({ taskId }) => taskId)).size).toBe(3)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(295)
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(595)
  })

  test.each([
    ['again', 2, ['failing', 'TypeError', 'broken', true]],
    ['never', 1, ['failing', 'NonRetryableError', 'no use', false]],
    ['gone', 1, ['failing', 'DaprError', 'not there', false]],
  ])('that fails (%s) is tried %j times and throws what can be caught', async (kind, times, caught) => {
    attempts.length = 0
    const id = await startWorkflow(sidecar, catching, kind)
    expect(await waitForWorkflow(sidecar, catching, id)).toEqual(caught)
    expect(attempts).toHaveLength(times)
  })

  test('runs 300 times at once, and none of it is lost', async () => {
    const id = await startWorkflow(sidecar, fanOut, 300)
    expect(await waitForWorkflow(sidecar, fanOut, id)).toBe((300 * 301) / 2)
  })

  // daprd 1.18.2 gives a start over HTTP a trace of its own, whatever traceparent comes with it.
  test('belongs to the trace of the workflow', async () => {
    await inTestSpan(async () => {
      await waitForWorkflow(sidecar, tracing, await startWorkflow(sidecar, tracing))
    })
    const [first, second] = spans.getFinishedSpans().filter(({ name }) => name === 'activity traced')
    expect(first?.parentSpanContext?.isRemote).toBe(true)
    expect(first?.spanContext().traceId).toBe(first?.parentSpanContext?.traceId as string)
    expect(second?.spanContext().traceId).toBe(first?.spanContext().traceId as string)
  })
})

describe('a failure', () => {
  test.each([
    ['input', 'SchemaError', 'the input of the activity add does not fit its schema'],
    ['output', 'ActivityError', 'the output of the activity wrong-output does not fit its schema'],
    ['activity', 'ActivityError', 'broken'],
    ['large', 'ActivityError', 'larger than the sidecar takes'],
    ['yield', 'TypeError', 'yield*'],
    ['throw', 'SyntaxError', 'of the workflow'],
  ])('of a workflow says what it is: %s', async (kind, type, message) => {
    const id = await startWorkflow(sidecar, throwing, kind)
    const error = await failureOf(waitForWorkflow(sidecar, throwing, id))
    expect(error).toMatchObject({
      name: 'WorkflowError',
      code: 'WORKFLOW_FAILED',
      instanceId: id,
      runtimeStatus: 'FAILED',
      retryable: false,
      body: { type, message: expect.stringContaining(message), stack: expect.any(String) },
    })
    expect(error).toBeInstanceOf(DaprError)
  })

  test('is an output that does not fit, or is too large to pass on', async () => {
    const wrong = await startWorkflow(sidecar, mislabelled)
    const error = await failureOf(waitForWorkflow(sidecar, mislabelled, wrong))
    expect(error).toMatchObject({ runtimeStatus: 'FAILED', body: { type: 'SchemaError' } })
    const large = await startWorkflow(sidecar, tooLarge)
    const refused = await failureOf(waitForWorkflow(sidecar, tooLarge, large))
    expect(refused).toMatchObject({ runtimeStatus: 'FAILED', body: { type: 'PayloadTooLarge' } })
  })

  test('is an input that does not fit, from whoever sends it', async () => {
    expect(await failureOf(startWorkflow(sidecar, fanOut, 'many' as never))).toMatchObject({
      name: 'SchemaError',
    })
    const path = `/v1.0/workflows/dapr/${fanOut.name}/start?instanceID=foreign`
    await sidecar.request(path, { method: 'POST', body: '"many"' })
    await eventually(async () => {
      const answer = await sidecar.request('/v1.0/workflows/dapr/foreign')
      const { runtimeStatus, properties } = (await answer.json()) as Record<string, Record<string, string>>
      if (`${runtimeStatus}` !== 'FAILED') return undefined
      expect(properties?.['dapr.workflow.failure.error_type']).toBe('SchemaError')
      return true
    })
    expect(await failureOf(getWorkflow(sidecar, fanOut, 'foreign'))).toMatchObject({
      code: 'SCHEMA_MISMATCH',
    })
  })

  test('of a child is thrown in its parent', async () => {
    const id = await startWorkflow(sidecar, parent, 'fail')
    expect(await waitForWorkflow(sidecar, parent, id)).toEqual([
      'child-v1',
      'RangeError',
      'the child is broken',
    ])
  })
})

describe('an event', () => {
  test('comes before it is waited for, after it, or too late', async () => {
    const id = await startWorkflow(sidecar, waiting)
    await raiseEvent(sidecar, waiting, id, 'paid', 'first')
    await eventually(async () => {
      const state = await getWorkflow(sidecar, waiting, id)
      return (state?.customStatus as { got?: number } | undefined)?.got === 1 || undefined
    })
    const path = `/v1.0/workflows/dapr/${id}/raiseEvent/PAID`
    await sidecar.request(path, { method: 'POST', body: '"second"' })
    expect(await waitForWorkflow(sidecar, waiting, id)).toEqual([
      'first',
      { received: true, data: 'second' },
      { received: false },
    ])
    expect(await getWorkflow(sidecar, waiting, id)).toMatchObject({ customStatus: 0, input: undefined })
  })

  test('that does not fit is refused where it is sent, and thrown where it arrives', async () => {
    const id = await startWorkflow(sidecar, counting)
    expect(await failureOf(raiseEvent(sidecar, counting, id, 'count', 'one' as never))).toMatchObject({
      name: 'SchemaError',
    })
    expect(await failureOf(raiseEvent(sidecar, counting, id, 'other' as 'count', 1))).toBeInstanceOf(
      TypeError,
    )
    await sidecar.request(`/v1.0/workflows/dapr/${id}/raiseEvent/count`, { method: 'POST', body: '"one"' })
    expect(await failureOf(waitForWorkflow(sidecar, counting, id))).toMatchObject({
      body: { type: 'SchemaError' },
    })
  })
})

describe('a workflow', () => {
  test('waits for times', async () => {
    const [first = 0, second = 0] = await waitForWorkflow(
      sidecar,
      timing,
      await startWorkflow(sidecar, timing),
    )
    expect(first).toBeGreaterThanOrEqual(400)
    expect(second).toBeGreaterThanOrEqual(300)
  })

  test('waits for the first of several steps, and for all of several generators', async () => {
    const id = await startWorkflow(sidecar, racing)
    expect(await waitForWorkflow(sidecar, racing, id)).toEqual([2, 2 + 12 + 101])
  })

  test('continues as new, with its activities and with the events that nobody took', async () => {
    const id = await startWorkflow(sidecar, endless, 1)
    await raiseEvent(sidecar, endless, id, 'paid', 'early')
    expect(await waitForWorkflow(sidecar, endless, id)).toEqual([3, { received: true, data: 'early' }])
    expect(await getWorkflow(sidecar, endless, id)).toMatchObject({ input: 3 })
  })

  test('has IDs that are the same in every replay, and knows when it is replayed', async () => {
    const id = await startWorkflow(sidecar, ids)
    const made = await waitForWorkflow(sidecar, ids, id)
    expect(new Set(made).size).toBe(4)
    expect(made[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(made[3]).toBe(id)
    await waitForWorkflow(sidecar, replaying, await startWorkflow(sidecar, replaying))
    expect(replays).toEqual([false, true, false])
  })
})

describe('an instance', () => {
  test('is started once while it runs, and anew when it has ended', async () => {
    const instanceId = 'once'
    expect(await startWorkflow(sidecar, counting, undefined, { instanceId })).toBe(instanceId)
    expect(await failureOf(startWorkflow(sidecar, counting, undefined, { instanceId }))).toMatchObject({
      code: 'ERR_START_WORKFLOW',
      message: expect.stringContaining('already exists'),
    })
    for (const count of [1, 2]) {
      await raiseEvent(sidecar, counting, instanceId, 'count', count)
      expect(await waitForWorkflow(sidecar, counting, instanceId)).toBe(count)
      await startWorkflow(sidecar, counting, undefined, { instanceId })
    }
    await terminateWorkflow(sidecar, instanceId)
  })

  test('runs its activities when it is started anew under the ID of one that just ended', async () => {
    const instanceId = 'again'
    for (const width of [1, 2, 3]) {
      await startWorkflow(sidecar, fanOut, width, { instanceId })
      expect(await waitForWorkflow(sidecar, fanOut, instanceId)).toBe((width * (width + 1)) / 2)
    }
    await purgeWorkflow(sidecar, instanceId)
    expect(await getWorkflow(sidecar, fanOut, instanceId)).toBeUndefined()
    await startWorkflow(sidecar, fanOut, 4, { instanceId })
    expect(await waitForWorkflow(sidecar, fanOut, instanceId)).toBe(10)
  })

  test('is paused, resumed, terminated and purged', async () => {
    const id = await startWorkflow(sidecar, counting)
    await untilStatus(counting, id, 'RUNNING')
    await pauseWorkflow(sidecar, id)
    await pauseWorkflow(sidecar, id)
    await untilStatus(counting, id, 'SUSPENDED')
    await raiseEvent(sidecar, counting, id, 'count', 0)
    expect(await failureOf(waitForWorkflow(sidecar, counting, id, { timeout: 300 }))).toMatchObject({
      code: 'TIMEOUT',
    })
    await resumeWorkflow(sidecar, id)
    expect(await waitForWorkflow(sidecar, counting, id)).toBe(0)

    const other = await startWorkflow(sidecar, counting)
    await untilStatus(counting, other, 'RUNNING')
    expect(await failureOf(purgeWorkflow(sidecar, other))).toMatchObject({ code: 'ERR_PURGE_WORKFLOW' })
    await terminateWorkflow(sidecar, other)
    expect(await failureOf(waitForWorkflow(sidecar, counting, other))).toMatchObject({
      code: 'WORKFLOW_TERMINATED',
      runtimeStatus: 'TERMINATED',
    })
    await purgeWorkflow(sidecar, other)
    expect(await getWorkflow(sidecar, counting, other)).toBeUndefined()
  })

  test('that there is not, or is one of another workflow, is told', async () => {
    const none = 'none'
    expect(await getWorkflow(sidecar, counting, none)).toBeUndefined()
    const calls = [
      waitForWorkflow(sidecar, counting, none),
      raiseEvent(sidecar, counting, none, 'count', 1),
      pauseWorkflow(sidecar, none),
      resumeWorkflow(sidecar, none),
      terminateWorkflow(sidecar, none),
      purgeWorkflow(sidecar, none),
    ]
    for (const error of await Promise.all(calls.map(failureOf))) expect(error).toBeInstanceOf(DaprError)
    const id = await startWorkflow(sidecar, echoing, 1)
    await waitForWorkflow(sidecar, echoing, id)
    expect(await failureOf(getWorkflow(sidecar, counting, id))).toMatchObject({ code: 'OTHER_WORKFLOW' })
    expect(
      await failureOf(startWorkflow(sidecar, counting, undefined, { instanceId: 'a/b' })),
    ).toBeInstanceOf(DaprError)
    expect(await failureOf(getWorkflow(sidecar, counting, '..'))).toBeInstanceOf(TypeError)
  })

  async function untilStatus(of: typeof counting, id: string, status: string): Promise<void> {
    await eventually(async () => {
      const state = await getWorkflow(sidecar, of, id)
      return state?.runtimeStatus === status || undefined
    })
  }
})

test('nothing went wrong that the worker had to survive', () => {
  expect(errors).toEqual([])
})
