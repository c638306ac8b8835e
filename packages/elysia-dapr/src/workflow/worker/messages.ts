import { bool, bytes, int32, int64, list, message, nested, string, text } from './protobuf.ts'

/**
 * The messages of `TaskHubSidecarService`, as far as they are used.
 * Source: https://github.com/dapr/durabletask-protobuf/tree/main/protos
 */
const timestamp = message({ seconds: int64(1), nanos: int32(2) })

const traceContext = message({ traceparent: string(1), tracestate: text(3) })

const empty = message({})

const failureDetails = message({
  type: string(1),
  message: string(2),
  stack: text(3),
  nonRetryable: bool(5),
})

const instance = message({ instanceId: string(1), executionId: text(2) })

const named = message({ name: string(1) })

const taskResult = message({ id: int32(1), result: text(2) })

const taskFailure = message({ id: int32(1), failure: nested(2, failureDetails) })

export const historyEvent = message({
  id: int32(1),
  timestamp: nested(2, timestamp),
  executionStarted: nested(3, message({ name: string(1), input: text(3), instance: nested(4, instance) })),
  executionTerminated: nested(5, message({ output: text(1) })),
  taskScheduled: nested(6, named),
  taskCompleted: nested(7, taskResult),
  taskFailed: nested(8, taskFailure),
  childCreated: nested(9, message({ name: string(2) })),
  childCompleted: nested(10, taskResult),
  childFailed: nested(11, taskFailure),
  timerCreated: nested(12, empty),
  timerFired: nested(13, message({ id: int32(2) })),
  workflowStarted: nested(14, empty),
  eventRaised: nested(17, message({ name: string(1), data: text(2) })),
  executionSuspended: nested(21, empty),
  executionResumed: nested(22, empty),
})

export const workItem = message({
  workflow: nested(
    1,
    message({ instanceId: string(1), pastEvents: list(bytes(3)), newEvents: list(bytes(4)) }),
  ),
  activity: nested(
    2,
    message({
      name: string(1),
      input: text(3),
      instance: nested(4, instance),
      taskId: int32(5),
      trace: nested(6, traceContext),
      executionId: string(7),
    }),
  ),
})

/** Values of `OrchestrationStatus`. */
export const status = { completed: 1, continuedAsNew: 2, failed: 3, terminated: 5 } as const

export const action = message({
  id: int32(1),
  scheduleTask: nested(2, message({ name: string(1), input: text(3), executionId: string(5) })),
  createChild: nested(3, message({ instanceId: string(1), name: string(2), input: text(4) })),
  createTimer: nested(
    4,
    message({ fireAt: nested(1, timestamp), ownTimer: nested(3, empty), eventTimer: nested(4, named) }),
  ),
  complete: nested(
    6,
    message({
      status: int32(1),
      result: text(2),
      carryover: list(bytes(5)),
      failure: nested(6, failureDetails),
    }),
  ),
  router: nested(9, message({ targetAppId: string(2) })),
})

export const workflowResponse = message({
  instanceId: string(1),
  actions: list(nested(2, action)),
  customStatus: text(3),
})

export const activityResponse = message({
  instanceId: string(1),
  taskId: int32(2),
  result: text(3),
  failure: nested(4, failureDetails),
})

/** Of the answer to `GetMetadata`. */
export const metadata = message({ workflows: nested(12, message({ connectedWorkers: int32(1) })) })

export const methods = {
  hello: '/TaskHubSidecarService/Hello',
  getWorkItems: '/TaskHubSidecarService/GetWorkItems',
  completeWorkflow: '/TaskHubSidecarService/CompleteOrchestratorTask',
  completeActivity: '/TaskHubSidecarService/CompleteActivityTask',
  getMetadata: '/dapr.proto.runtime.v1.Dapr/GetMetadata',
}

type Decoded<C> = C extends { decode(bytes: never): infer T } ? T : never
export type HistoryEvent = Decoded<typeof historyEvent>
export type WorkflowRequest = NonNullable<Decoded<typeof workItem>['workflow']>
export type ActivityRequest = NonNullable<Decoded<typeof workItem>['activity']>
export type Action = Partial<Decoded<typeof action>>
export type WorkflowResponse = Partial<Decoded<typeof workflowResponse>>
export type ActivityResponse = Partial<Decoded<typeof activityResponse>>
export type FailureDetails = Partial<Decoded<typeof failureDetails>>

export function toTimestamp(date: Date): { seconds: number; nanos: number } {
  const milliseconds = date.getTime()
  const seconds = Math.floor(milliseconds / 1000)
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 }
}

export function toDate({ seconds = 0, nanos = 0 }: NonNullable<HistoryEvent['timestamp']>): Date {
  return new Date(seconds * 1000 + Math.floor(nanos / 1_000_000))
}

/** Type of the failure of an activity that a worker does not have: another one may, or the next. */
export const notRegistered = 'ActivityNotRegistered'

/** What is kept of an error that ended an activity or a workflow. */
export function toFailure(error: unknown): FailureDetails {
  if (!(error instanceof Error)) return { type: 'Error', message: String(error) }
  const nonRetryable = 'retryable' in error && error.retryable === false
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(nonRetryable && { nonRetryable }),
  }
}
