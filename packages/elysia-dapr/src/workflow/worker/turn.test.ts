import { describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { activity } from '../activity.ts'
import { type Workflow, workflow } from '../workflow.ts'
import { type HistoryEvent, historyEvent, toTimestamp } from './messages.ts'
import { runTurn } from './turn.ts'

type Event = Partial<HistoryEvent>

const echo = activity('echo', { input: Type.Integer(), output: Type.Integer() }, value => value)
const events = { paid: Type.Integer() }
const listed = Type.Array(Type.Unknown())

function turn(of: Workflow, past: Event[], news: Event[] = []) {
  const started: Event = {
    executionStarted: { name: of.name, instance: { instanceId: 'i', executionId: 'run' } },
  }
  const all = [at(0), started, ...past]
  const [pastEvents, newEvents] = news.length > 0 ? [all, news] : [[], all]
  const encode = (event: Event) => historyEvent.encode(event)
  const request = { pastEvents: pastEvents.map(encode), newEvents: newEvents.map(encode), instanceId: 'i' }
  return runTurn(request, new Map([[of.name, of]])).response
}

function at(milliseconds: number): Event {
  return { timestamp: toTimestamp(new Date(milliseconds)), workflowStarted: {} }
}

const scheduled = (id: number, name = 'echo'): Event => ({ id, taskScheduled: { name } })
const completed = (id: number, result?: string): Event => ({
  taskCompleted: { id, ...(result !== undefined && { result }) },
})
const created = (id: number): Event => ({ id, timerCreated: {} })
const fired = (id: number): Event => ({ timerFired: { id } })
const raised = (data: string, name = 'paid'): Event => ({ eventRaised: { name, data } })

function output(response: ReturnType<typeof turn>): unknown {
  const [action] = response.actions ?? []
  expect(action?.complete?.failure).toBeUndefined()
  return JSON.parse(action?.complete?.result ?? 'null')
}

describe('the history', () => {
  const two = workflow('two', { output: listed }, function* (context) {
    const first = context.call(echo, 1)
    const second = context.call(echo, 2)
    return [yield* first, yield* second, context.now.getTime()]
  })

  test('tells what is done already, and the rest is to be done', () => {
    expect(turn(two, []).actions).toMatchObject([
      { id: 1, scheduleTask: { name: 'echo', input: '1' } },
      { id: 2, scheduleTask: { name: 'echo', input: '2' } },
    ])
    const half = turn(two, [scheduled(1)], [at(5), completed(1, '1')])
    expect(half.actions).toMatchObject([{ id: 2, scheduleTask: { input: '2' } }])
  })

  test('may bring results in any order, and twice', () => {
    const past = [scheduled(1), scheduled(2), at(7), completed(2, '20')]
    expect(output(turn(two, past, [at(9), completed(2, '0'), completed(1, '10')]))).toEqual([10, 20, 9])
  })

  test('may say twice that a step was started, also when its result has come', () => {
    const past = [scheduled(1), scheduled(1), scheduled(2), completed(1, '1'), scheduled(1)]
    expect(output(turn(two, past, [at(9), scheduled(2), completed(2, '2')]))).toEqual([1, 2, 9])
    const repeated = turn(two, [scheduled(1), scheduled(2), scheduled(1, 'other')], [at(1)])
    expect(repeated.actions).toMatchObject([{ complete: { failure: { type: 'NonDeterminismError' } } }])
  })

  test.each<[string, Event[], string]>([
    ['another name', [scheduled(1, 'other')], 'step 1 was the activity other and is the activity echo'],
    ['another kind', [created(1)], 'step 1 was a timer and is the activity echo'],
    ['no step', [scheduled(1), scheduled(2), scheduled(3)], 'step 3 was the activity echo and is none'],
  ])('that does not fit the code fails the instance: %s', (_, past, message) => {
    const [action] = turn(two, past, [at(1)]).actions ?? []
    expect(action?.complete?.failure).toMatchObject({
      type: 'NonDeterminismError',
      message: expect.stringContaining(message),
    })
  })

  test('is no longer looked at when the instance is terminated, and waits while it is paused', () => {
    const terminated = turn(two, [], [{ executionTerminated: { output: '"x"' } }])
    expect(terminated.actions).toMatchObject([{ complete: { status: 5, result: '"x"' } }])
    const past = [scheduled(1), scheduled(2)]
    const held = [
      { executionSuspended: {} },
      at(3),
      { executionSuspended: {} },
      completed(1, '1'),
      completed(2, '2'),
    ]
    expect(turn(two, past, held).actions).toEqual([])
    expect(output(turn(two, past, [...held, { executionResumed: {} }]))).toEqual([1, 2, 3])
  })
})

describe('steps', () => {
  test('that nobody waits for are started, and a result that came is there at once', () => {
    const careless = workflow('careless', { output: Type.Integer() }, function* (context) {
      const step = context.call(echo, 1)
      context.call(echo, 2)
      return (yield* step) + (yield* step)
    })
    expect(turn(careless, [scheduled(1)], [completed(1, '4')]).actions).toMatchObject([
      { id: 2, scheduleTask: { input: '2' } },
      { complete: { status: 1, result: '8' } },
    ])
  })

  test('have one execution ID in all attempts, which differs from step to step and from run to run', () => {
    const retrying = workflow('retrying', {}, function* (context) {
      yield* context.call(echo, 1, { retry: { firstInterval: 10 } })
    })
    const idOf = (response: ReturnType<typeof turn>) => response.actions?.[0]?.scheduleTask?.executionId
    const failed: Event = { taskFailed: { id: 1, failure: { type: 'Error', message: 'x' } } }
    const pausing = turn(retrying, [scheduled(1)], [at(100), failed])
    expect(pausing.actions).toMatchObject([
      { id: 2, createTimer: { fireAt: { seconds: 0, nanos: 110_000_000 } } },
    ])
    const again = turn(retrying, [scheduled(1), at(100), failed, created(2)], [at(110), fired(2)])
    expect(again.actions).toMatchObject([{ id: 3, scheduleTask: { input: '1' } }])
    expect(idOf(again)).toBe(idOf(turn(retrying, [])) as string)
    const final: Event = { taskFailed: { id: 1, failure: { type: 'E', message: 'x', nonRetryable: true } } }
    expect(turn(retrying, [scheduled(1)], [final]).actions).toMatchObject([
      { complete: { status: 3, failure: { type: 'ActivityError' } } },
    ])
  })

  test('whose activity no worker has yet are put off, whatever their policy says', () => {
    const once = workflow('once', { output: Type.Integer() }, function* (context) {
      return yield* context.call(echo, 1)
    })
    const missing = (id: number): Event => ({
      taskFailed: { id, failure: { type: 'ActivityNotRegistered' } },
    })
    const first = [scheduled(1), missing(1)]
    expect(turn(once, [], first).actions).toMatchObject([{ id: 2, createTimer: { fireAt: { seconds: 1 } } }])
    const second = [...first, created(2), at(1_000), fired(2), scheduled(3), missing(3)]
    expect(turn(once, first, second.slice(2)).actions).toMatchObject([
      { id: 4, createTimer: { fireAt: { seconds: 3 } } },
    ])
    expect(output(turn(once, second, [created(4), fired(4), scheduled(5), completed(5, '9')]))).toBe(9)
  })

  test('fail together with the first that fails', () => {
    const joined = workflow('joined', { output: listed }, function* (context) {
      try {
        return yield* context.all([context.call(echo, 1), context.call(echo, 2)])
      } catch (error) {
        return [String(error), yield* context.all([])]
      }
    })
    const failed: Event = { taskFailed: { id: 2, failure: { type: 'Error', message: 'two' } } }
    const past = [scheduled(1), scheduled(2)]
    expect(output(turn(joined, past, [failed]))).toEqual(['ActivityError: two', []])
    expect(output(turn(joined, past, [completed(2, '2'), completed(1, '1')]))).toEqual([1, 2])
  })
})

describe('events', () => {
  const both = workflow('both', { events, output: listed }, function* (context) {
    const plain = context.waitFor('paid')
    const timed = context.waitFor('paid', { timeout: 1_000 })
    const later = context.waitFor('paid', { timeout: 2_000 })
    return [yield* plain, yield* timed, yield* later]
  })

  test('go to who waited longest; a timer is over to the sidecar only if it would remove the right one', () => {
    // The sidecar removes the oldest timer that bears the event's name: here it would be that of the wrong step.
    expect(turn(both, []).actions).toMatchObject([
      { createTimer: { ownTimer: {} } },
      { createTimer: { ownTimer: {} } },
    ])
    const timed = workflow('timed', { events }, function* (context) {
      yield* context.waitFor('paid', { timeout: 1_000 })
    })
    expect(turn(timed, []).actions).toMatchObject([{ createTimer: { eventTimer: { name: 'paid' } } }])
    const past = [created(1), created(2)]
    expect(output(turn(both, past, [raised('1'), fired(1), raised('3', 'PAID')]))).toEqual([
      1,
      { received: false },
      { received: true, data: 3 },
    ])
  })

  test('that nobody took go along when the workflow continues as new', () => {
    const endless = workflow('endless', { events }, function* (context) {
      yield* context.waitFor('paid')
      return context.continueAsNew()
    })
    const [action] = turn(endless, [], [raised('1'), raised('2'), raised('"x"', 'other')]).actions ?? []
    const carried = (action?.complete?.carryover ?? []).map(raw => historyEvent.decode(raw).eventRaised)
    expect(action?.complete?.status).toBe(2)
    expect(carried).toEqual([
      { name: 'paid', data: '2' },
      { name: 'other', data: '"x"' },
    ])
  })
})

describe('a workflow that the worker lacks', () => {
  const other = workflow('other', {}, function* (context) {
    yield* context.sleep(5)
  })

  function lacking(past: Event[], news: Event[] = []) {
    const started: Event = { executionStarted: { name: 'gone-v3' } }
    const encode = (event: Event) => historyEvent.encode(event)
    const newEvents = [at(0), started, ...past, ...news].map(encode)
    return runTurn({ newEvents }, new Map([[other.name, other]]))
  }

  test('is put off for longer and longer, once at a time, and can be terminated', () => {
    const { response, missing } = lacking([])
    const [{ id = 0, createTimer } = {}] = response.actions ?? []
    expect(missing).toBe('gone-v3')
    expect(response.customStatus).toBe('"waits for a worker that has the workflow gone-v3"')
    expect(createTimer?.fireAt).toEqual({ seconds: 1, nanos: 0 })
    expect(lacking([created(id)], [raised('1')]).response.actions).toEqual([])
    const again = lacking([created(id), at(1_000), fired(id)]).response.actions ?? []
    expect(again).toMatchObject([{ id: id + 1, createTimer: { fireAt: { seconds: 3 } } }])
    const [end] = lacking([created(id)], [{ executionTerminated: {} }]).response.actions ?? []
    expect(end?.complete?.status).toBe(5)
  })

  test('does not see that it was put off', () => {
    const put = 2 ** 30
    const past = [created(put), at(1_000), fired(put)]
    expect(turn(other, past, [at(2_000)]).actions).toMatchObject([
      { id: 1, createTimer: { fireAt: { seconds: 0, nanos: 5_000_000 } } },
    ])
  })
})
