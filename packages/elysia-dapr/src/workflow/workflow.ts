import type { Static, TSchema } from '@sinclair/typebox'
import type { Activity } from './activity.ts'
import { type Passed, type Payload, payload, type Schema, type Value } from './payload.ts'
import type { RetryPolicy } from './retry.ts'
import type { ResultOf, Step, Winner } from './step.ts'

/** Schemas of the external events of a workflow by name; names are told apart without regard to case. */
export type Events = Record<string, TSchema>

/** How a workflow calls an activity. */
export interface CallStepOptions {
  /** @default one attempt */
  retry?: RetryPolicy
  /** The app that has it. @default this one */
  appId?: string
}

/** How a workflow runs another one. */
export interface ChildOptions extends CallStepOptions {
  /** Instance ID of the child. @default made of the parent's and the number of the step */
  instanceId?: string
}

/** What an external event with a time limit results in. */
export type Received<Data> = { received: true; data: Data } | { received: false }

declare const inputOf: unique symbol

/** The end of this run and the start of the next; return it from the workflow. */
export class ContinueAsNew<Input extends Schema = Schema> {
  declare readonly [inputOf]: Input
  readonly input: string | undefined
  constructor(input: string | undefined) {
    this.input = input
  }
}

/**
 * All that a workflow may use beside its input. Whatever else is not the same in every replay (clocks, randomness,
 * I/O, environment) belongs into activities. Each step starts when its function is called, and `yield*` waits for it.
 */
export interface WorkflowContext<Input extends Schema = Schema, E extends Events = Events> {
  readonly instanceId: string
  /** The time of the last event, which is the same in every replay. */
  readonly now: Date
  /** Whether what runs now has run before; look at it to log once. */
  readonly isReplaying: boolean
  /** A UUID that is the same in every replay, and different from all others. */
  newId(): string
  /**
   * Calls an activity.
   * @throws SchemaError for an input that does not fit; ActivityError at the `yield*` when it failed
   */
  call<In extends Schema, Out extends Schema>(
    activity: Activity<In, Out>,
    ...input: Passed<In, [options?: CallStepOptions]>
  ): Step<Value<Out>>
  /**
   * Runs another workflow as a part of this one.
   * @throws SchemaError for an input that does not fit; ChildWorkflowError at the `yield*` when it failed
   */
  child<In extends Schema, Out extends Schema>(
    workflow: Workflow<In, Out>,
    ...input: Passed<In, [options?: ChildOptions]>
  ): Step<Value<Out>>
  /** Waits for so many milliseconds, or until a time. */
  sleep(until: number | Date): Step<undefined>
  /**
   * The next external event of a name that no other step has got, whether it came already or comes later.
   * @throws SchemaError at the `yield*` for data that does not fit
   */
  waitFor<Name extends keyof E & string>(event: Name): Step<Static<E[Name]>>
  /** The same for so many milliseconds, or until a time. */
  waitFor<Name extends keyof E & string>(
    event: Name,
    options: { timeout: number | Date },
  ): Step<Received<Static<E[Name]>>>
  /** Waits for all; fails with the first that fails. Generators run side by side. */
  all<const Steps extends readonly Step<unknown>[]>(
    steps: Steps,
  ): Step<{ -readonly [Key in keyof Steps]: ResultOf<Steps[Key]> }>
  /** Waits for the first that ends, well or not. The others go on, and nothing waits for them. */
  race<const Steps extends readonly Step<unknown>[]>(steps: Steps): Step<Winner<Steps>>
  /**
   * Ends this run and starts the next under the same instance ID with an empty history, which a workflow without an
   * end needs from time to time. Return the result. Events that came and were not waited for go along; results of
   * steps that were not waited for are lost.
   */
  continueAsNew(...input: Passed<Input>): ContinueAsNew<Input>
  /** Shows any JSON value in the status of the instance. */
  setCustomStatus(status: unknown): void
}

/** A workflow of one version. */
export interface Workflow<
  Input extends Schema = Schema,
  Output extends Schema = Schema,
  E extends Events = Events,
> {
  readonly kind: 'workflow'
  /** Name with version, under which Dapr knows it, such as `checkout-v1`. */
  readonly name: string
  readonly input: Payload<Input>
  readonly output: Payload<Output>
  /** By name in lower case. */
  readonly events: ReadonlyMap<string, Payload>
  /** Only for the types. */
  readonly eventSchemas: E
  run(context: WorkflowContext<Input, E>, input: Value<Input>): Body<Input, Output>
}

type Body<Input extends Schema, Output extends Schema> = Output extends undefined
  ?
      | Generator<Step<unknown>, void, unknown>
      | Generator<Step<unknown>, undefined | ContinueAsNew<Input>, unknown>
  : Generator<Step<unknown>, Value<Output> | ContinueAsNew<Input>, unknown>

/**
 * Defines a workflow: a generator that waits for its steps with `yield*`. It is replayed from its history whenever
 * something happened, so a version that has instances must not change; give the change a new version and register
 * both, and old instances finish on old code.
 * @throws TypeError for a version that is no positive integer, and for events that differ in case only
 * Source: https://docs.dapr.io/developing-applications/building-blocks/workflow/workflow-features-concepts/
 *
 * @example
 * const checkout = workflow('checkout', { input: Order, output: Type.String(), events: { paid: Payment } }, function* (context, order) {
 *   yield* context.call(reserve, order.items, { retry: { maxAttempts: 5 } })
 *   const payment = yield* context.waitFor('paid', { timeout: 3_600_000 })
 *   if (payment.received) return payment.data.receipt
 *   yield* context.call(release, order.items)
 *   return 'not paid'
 * })
 */
export function workflow<
  Input extends Schema = undefined,
  Output extends Schema = undefined,
  const E extends Events = Record<never, TSchema>,
>(
  name: string,
  {
    version = 1,
    input,
    output,
    events = {} as E,
  }: {
    /** @default 1 */
    version?: number
    input?: Input
    output?: Output
    events?: E
  },
  run: (context: WorkflowContext<Input, E>, input: Value<Input>) => Body<Input, Output>,
): Workflow<Input, Output, E> {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new TypeError(`${version} is no version of ${name}: it has to be 1 or more`)
  }
  const registered = `${name}-v${version}`
  const byName = new Map<string, Payload>()
  for (const [event, schema] of Object.entries(events)) {
    const key = event.toLowerCase()
    if (byName.has(key)) throw new TypeError(`two events of ${name} are named ${key}: Dapr ignores the case`)
    byName.set(key, payload(`the event ${event} of ${registered}`, schema as Schema))
  }
  return {
    kind: 'workflow',
    name: registered,
    input: payload(`the input of the workflow ${registered}`, input as Input),
    output: payload(`the output of the workflow ${registered}`, output as Output),
    events: byName,
    eventSchemas: events,
    run,
  }
}
