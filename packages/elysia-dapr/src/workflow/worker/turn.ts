import type { Buffer } from 'node:buffer'
import { spawn, type Task } from '../step.ts'
import { ContinueAsNew, type Workflow } from '../workflow.ts'
import { createContext } from './context.ts'
import { Inbox } from './inbox.ts'
import {
  type Action,
  type HistoryEvent,
  historyEvent,
  status,
  toDate,
  toFailure,
  type WorkflowRequest,
  type WorkflowResponse,
} from './messages.ts'
import { deterministicId, type Kind, Plan, type StepFailure } from './plan.ts'
import { Postponement } from './postponement.ts'

/**
 * Runs a workflow over its history and what is new, and says what it wants to be done next. `missing` names the
 * workflow that this worker does not have.
 */
export function runTurn(
  { instanceId = '', pastEvents = [], newEvents = [] }: Partial<WorkflowRequest>,
  workflows: ReadonlyMap<string, Workflow>,
): { response: WorkflowResponse; missing: string | undefined } {
  const turn = new Turn(instanceId, workflows)
  turn.process(pastEvents, true)
  turn.process(newEvents, false)
  return { response: turn.response(), missing: turn.missing }
}

type Ending =
  | { kind: 'completed'; output: string | undefined }
  | { kind: 'continued'; input: string | undefined }
  | { kind: 'failed'; error: unknown }
  | { kind: 'terminated'; output: string | undefined }

/** One replay. Everything in it happens in the order of the history, and nothing of it is asynchronous. */
export class Turn {
  readonly instanceId: string
  now = new Date(0)
  isReplaying = true
  customStatus: string | undefined
  readonly plan = new Plan()
  readonly inbox = new Inbox()
  /** Belongs to one run of the instance: it changes when the instance continues as new. */
  executionId = ''
  /** Name of the workflow, when there is none. */
  missing: string | undefined
  readonly #postponement = new Postponement()
  readonly #workflows: ReadonlyMap<string, Workflow>
  #ids = 0
  #ending: Ending | undefined
  /** What came while the instance was paused; undefined when it is not. */
  #held: { event: HistoryEvent; raw: Buffer }[] | undefined

  constructor(instanceId: string, workflows: ReadonlyMap<string, Workflow>) {
    this.instanceId = instanceId
    this.#workflows = workflows
  }

  newId(): string {
    this.#ids += 1
    return deterministicId(this.executionId, `id:${this.#ids}`)
  }

  process(events: readonly Buffer[], isReplaying: boolean): void {
    this.isReplaying = isReplaying
    for (const raw of events) {
      try {
        this.#take(historyEvent.decode(raw), raw)
      } catch (error) {
        if (this.#ending?.kind !== 'failed') this.#ending = { kind: 'failed', error }
      }
    }
  }

  response(): WorkflowResponse {
    return {
      instanceId: this.instanceId,
      actions: this.#actions(),
      ...(this.customStatus !== undefined && { customStatus: this.customStatus }),
    }
  }

  #take(event: HistoryEvent, raw: Buffer): void {
    if (this.#held && !event.executionResumed && !event.executionTerminated) {
      // A second pause is none: one resumption ends both.
      if (!event.executionSuspended) this.#held.push({ event, raw })
      return
    }
    if (this.#postponement.take(event)) return
    const { id = 0, executionStarted, executionTerminated, eventRaised } = event
    if (event.workflowStarted) {
      this.now = toDate(event.timestamp ?? {})
    } else if (executionStarted) {
      const { executionId } = executionStarted.instance ?? {}
      this.executionId = executionId || this.instanceId
      this.#start(executionStarted.name ?? '', executionStarted.input)
    } else if (executionTerminated) {
      this.#ending = { kind: 'terminated', output: executionTerminated.output }
    } else if (event.executionSuspended) {
      this.#held = []
    } else if (event.executionResumed) {
      const held = this.#held ?? []
      this.#held = undefined
      for (const each of held) this.#take(each.event, each.raw)
    } else if (this.missing !== undefined) {
      // Nothing here can be understood without the workflow.
    } else if (eventRaised) {
      this.inbox.deliver(eventRaised.name ?? '', eventRaised.data, raw)
    } else {
      const scheduled = scheduledStep(event)
      if (scheduled) this.plan.confirm(id, ...scheduled)
      else settleStep(this.plan, event)
    }
  }

  #start(name: string, input: string | undefined): void {
    const workflow = this.#workflows.get(name)
    if (!workflow) {
      this.missing = name
      this.customStatus = JSON.stringify(`waits for a worker that has the workflow ${name}`)
      return
    }
    const context = createContext(this, workflow)
    const body = workflow.run(context, workflow.input.decode(input))
    if (typeof body?.next !== 'function') throw new TypeError(`the workflow ${name} is no generator function`)
    const main = spawn(body)
    main.onSettled(() => {
      // Terminated or failed already: what a body does after that changes nothing.
      this.#ending ??= endingOf(main, workflow)
    })
  }

  #actions(): Action[] {
    const ending = this.#ending
    const id = this.plan.nextId()
    if (ending?.kind === 'terminated') {
      return [{ id, complete: { status: status.terminated, ...result(ending.output) } }]
    }
    if (this.missing !== undefined) return this.#postponement.actions(this.now)
    if (this.#held) return []
    const open = this.plan.openActions(this.executionId)
    if (!ending) return open
    if (ending.kind === 'failed') {
      return [{ id, complete: { status: status.failed, failure: toFailure(ending.error) } }]
    }
    if (ending.kind === 'continued') {
      const carryover = this.inbox.unread()
      return [{ id, complete: { status: status.continuedAsNew, ...result(ending.input), carryover } }]
    }
    return [...open, { id, complete: { status: status.completed, ...result(ending.output) } }]
  }
}

function endingOf(main: Task<unknown>, workflow: Workflow): Ending {
  try {
    const output = main.result
    return output instanceof ContinueAsNew
      ? { kind: 'continued', input: output.input }
      : { kind: 'completed', output: workflow.output.encode(output) }
  } catch (error) {
    return { kind: 'failed', error }
  }
}

function scheduledStep(event: HistoryEvent): [kind: Kind, name: string | undefined] | undefined {
  if (event.taskScheduled) return ['activity', event.taskScheduled.name]
  if (event.childCreated) return ['workflow', event.childCreated.name]
  return event.timerCreated ? ['timer', undefined] : undefined
}

function settleStep(plan: Plan, event: HistoryEvent): void {
  const succeeded = event.taskCompleted ?? event.childCompleted
  if (succeeded) plan.succeed(succeeded.id ?? 0, succeeded.result)
  const failed = event.taskFailed ?? event.childFailed
  if (failed) plan.fail(failed.id ?? 0, (failed.failure ?? {}) as StepFailure)
  if (event.timerFired) plan.succeed(event.timerFired.id ?? 0, undefined)
}

function result(text: string | undefined): { result?: string } {
  return text === undefined ? {} : { result: text }
}
