import { type Payload, payload, type Schema, type Value } from './payload.ts'

/** What an activity gets beside its input. */
export interface ActivityContext {
  /** The workflow instance that called. */
  readonly instanceId: string
  /** Number of the call within the instance. */
  readonly taskId: number
  /**
   * Stays the same however often the call is repeated, by a retry policy or after a crash, and belongs to no other
   * call: pass it on to what must happen once.
   */
  readonly idempotencyKey: string
  /** Aborts when the worker stops before the activity has ended; its result does not count any more. */
  readonly signal: AbortSignal
}

/** A step of workflows that may do anything: call services, read clocks, take its time. Runs at least once. */
export interface Activity<Input extends Schema = Schema, Output extends Schema = Schema> {
  readonly kind: 'activity'
  readonly name: string
  readonly input: Payload<Input>
  readonly output: Payload<Output>
  run(input: Value<Input>, context: ActivityContext): unknown
}

type Handler<Input extends Schema, Output extends Schema> = Output extends undefined
  ? (input: Value<Input>, context: ActivityContext) => void | Promise<void>
  : (input: Value<Input>, context: ActivityContext) => Value<Output> | Promise<Value<Output>>

/**
 * Defines an activity. Input and output are checked by their schemas in the workflow and in the activity; what does
 * not fit is a failure that is not retried. An error that the handler throws is thrown in the workflow as
 * ActivityError.
 * Source: https://docs.dapr.io/developing-applications/building-blocks/workflow/workflow-features-concepts/#workflow-activities
 *
 * @example
 * const charge = activity('charge-card', { input: Type.Integer(), output: Type.String() }, (cents, { idempotencyKey }) =>
 *   bank.charge(cents, { idempotencyKey }),
 * )
 */
export function activity<Input extends Schema = undefined, Output extends Schema = undefined>(
  name: string,
  { input, output }: { input?: Input; output?: Output },
  run: Handler<Input, Output>,
): Activity<Input, Output> {
  return {
    kind: 'activity',
    name,
    input: payload(`the input of the activity ${name}`, input as Input),
    output: payload(`the output of the activity ${name}`, output as Output),
    run,
  }
}
