import type { Activity } from '../activity.ts'
import { ActivityError, ChildWorkflowError, type StepError } from '../errors.ts'
import type { Payload } from '../payload.ts'
import { type RetryPolicy, retryDelay } from '../retry.ts'
import { all, race, type Step, spawn, Task } from '../step.ts'
import {
  type CallStepOptions,
  type ChildOptions,
  ContinueAsNew,
  type Received,
  type Workflow,
  type WorkflowContext,
} from '../workflow.ts'
import { notRegistered, toTimestamp } from './messages.ts'
import { deterministicId, type StepFailure } from './plan.ts'
import { postponement } from './postponement.ts'
import type { Turn } from './turn.ts'

/** What the body of a workflow sees of a turn. */
export function createContext(turn: Turn, { input, events, name: workflowName }: Workflow): WorkflowContext {
  function call(activity: Activity, value?: unknown, { retry, appId }: CallStepOptions = {}): Step<unknown> {
    const { name } = activity
    const text = activity.input.encode(value as never)
    let first: number | undefined

    function schedule(task: Task<unknown>, postponed = 0): Task<unknown> {
      const id = turn.plan.add(
        {
          kind: 'activity',
          name,
          action: executionId => ({
            scheduleTask: {
              name,
              ...(text !== undefined && { input: text }),
              // The same for all attempts. An activity without one does not run for an instance that is purged and
              // started anew under its old ID: for a minute, the sidecar takes it for the one that ran.
              executionId: deterministicId(executionId, `task:${first}`),
            },
            ...(appId !== undefined && { router: { targetAppId: appId } }),
          }),
        },
        {
          succeed: text => task.settle(() => activity.output.decode(text)),
          fail(failure) {
            if (failure.type !== notRegistered) task.fail(new ActivityError(name, ...described(failure)))
            else timer(turn, postponement(postponed)).onSettled(() => schedule(task, postponed + 1))
          },
        },
      )
      first ??= id
      return task
    }

    return attempts(turn, retry, () => schedule(new Task()))
  }

  function child(
    workflow: Workflow,
    value?: unknown,
    { retry, appId, instanceId }: ChildOptions = {},
  ): Step<unknown> {
    const { name } = workflow
    const text = workflow.input.encode(value as never)
    return attempts(turn, retry, () => {
      const task = new Task<unknown>()
      turn.plan.add(
        {
          kind: 'workflow',
          name,
          action: () => ({
            createChild: {
              name,
              ...(text !== undefined && { input: text }),
              ...(instanceId !== undefined && { instanceId }),
            },
            ...(appId !== undefined && { router: { targetAppId: appId } }),
          }),
        },
        {
          succeed: text => task.settle(() => workflow.output.decode(text)),
          fail: failure => task.fail(new ChildWorkflowError(name, ...described(failure))),
        },
      )
      return task
    })
  }

  function waitFor(event: string, options?: { timeout: number | Date }): Step<unknown> {
    const data = events.get(event.toLowerCase())
    if (!data) throw new TypeError(`the workflow ${workflowName} has no event ${event}`)
    return options ? receiveInTime(turn, event, data, options.timeout) : receive(turn, event, data)
  }

  return {
    instanceId: turn.instanceId,
    get now() {
      return new Date(turn.now)
    },
    get isReplaying() {
      return turn.isReplaying
    },
    newId: () => turn.newId(),
    call: call as WorkflowContext['call'],
    child: child as WorkflowContext['child'],
    sleep: until => timer(turn, until),
    waitFor: waitFor as WorkflowContext['waitFor'],
    all,
    race,
    continueAsNew: (...[value]) => new ContinueAsNew(input.encode(value)),
    setCustomStatus(status) {
      turn.customStatus = JSON.stringify(status)
    },
  }
}

/** Without a policy just the one attempt. */
function attempts(turn: Turn, policy: RetryPolicy | undefined, attempt: () => Task<unknown>): Step<unknown> {
  if (!policy) return attempt()
  return spawn(retried(turn, policy, attempt))
}

function* retried(turn: Turn, policy: RetryPolicy, attempt: () => Task<unknown>) {
  const start = turn.now.getTime()
  for (let attempts = 1; ; attempts += 1) {
    try {
      return yield* attempt()
    } catch (error) {
      const elapsed = turn.now.getTime() - start
      const delay = retryDelay(policy, error, { attempts, elapsed })
      if (delay === undefined) throw error
      yield* timer(turn, delay)
    }
  }
}

function timer(turn: Turn, until: number | Date, event?: string): Task<undefined> {
  const at = typeof until === 'number' ? new Date(turn.now.getTime() + until) : new Date(until)
  if (Number.isNaN(at.getTime())) throw new TypeError(`${until} is no time to wait for`)
  const fireAt = toTimestamp(at)
  const origin = event === undefined ? { ownTimer: {} } : { eventTimer: { name: event } }
  const task = new Task<undefined>()
  turn.plan.add(
    { kind: 'timer', action: () => ({ createTimer: { fireAt, ...origin } }) },
    { succeed: () => task.succeed(undefined), fail: failure => task.fail(new Error(failure.message)) },
  )
  return task
}

function receive(turn: Turn, event: string, payload: Payload): Task<unknown> {
  const task = new Task<unknown>()
  const settle = (data: string | undefined) => task.settle(() => payload.decode(data))
  const kept = turn.inbox.take(event)
  if (kept) settle(kept.data)
  else turn.inbox.wait(event, { receive: settle, hasEventTimer: false })
  return task
}

function receiveInTime(turn: Turn, event: string, payload: Payload, timeout: number | Date) {
  const task = new Task<Received<unknown>>()
  const settle = (data: string | undefined) =>
    task.settle(() => ({ received: true, data: payload.decode(data) }))
  const kept = turn.inbox.take(event)
  if (kept) {
    settle(kept.data)
    return task
  }
  const hasEventTimer = turn.inbox.allHaveEventTimers(event)
  const waiter = { receive: settle, hasEventTimer }
  turn.inbox.wait(event, waiter)
  timer(turn, timeout, hasEventTimer ? event : undefined).onSettled(() => {
    turn.inbox.giveUp(event, waiter)
    task.succeed({ received: false })
  })
  return task
}

function described({
  message = '',
  type = 'Error',
  nonRetryable = false,
}: StepFailure): ConstructorParameters<typeof StepError> {
  return [message, { type, retryable: !nonRetryable }]
}
