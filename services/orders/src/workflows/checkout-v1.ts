import { Type } from '@sinclair/typebox'
import {
  ActivityError,
  type RetryPolicy,
  type Step,
  type WorkflowContext,
  workflow,
} from 'elysia-dapr/workflow'
import { OrderInput } from './order-input.ts'
import type { Steps } from './steps.ts'

/**
 * A service that is started again is back by then, about a minute later; what takes longer is an outage, and the order
 * is rejected. Attempts count and no time, which also passes while nothing runs that could attempt.
 */
const forward: RetryPolicy = { maxAttempts: 16, firstInterval: 250, maxInterval: 5_000 }

/** What is held for an order must be let go of, and its end be written, however long that takes. */
const back: RetryPolicy = { maxAttempts: 100, firstInterval: 500 }

interface Stage {
  name: string
  act: Steps['reserveStock']
  undo: Steps['releaseStock'] | undefined
}

/**
 * Sees an order through: reserve, pay, ship, confirm. What was done is undone in reverse when a later step fails or
 * takes too long; what does not answer even then keeps no customer waiting for the rejection, and is undone after it.
 *
 * The workflow holds no facts, the order does, so it can be started anew at any point: of an order that was given up it
 * passes all steps, is refused the confirmation, and undoes everything. A change of it is a new version; see versions.ts.
 */
export function checkoutV1(steps: Steps) {
  const stages: Stage[] = [
    { name: 'reserve-stock', act: steps.reserveStock, undo: steps.releaseStock },
    { name: 'authorise-payment', act: steps.authorisePayment, undo: steps.voidPayment },
    { name: 'arrange-shipping', act: steps.arrangeShipping, undo: steps.cancelShipping },
    { name: 'confirm', act: steps.confirmOrder, undo: undefined },
  ]

  return workflow(
    'checkout',
    { version: 1, input: OrderInput, output: Type.String() },
    function* checkout(context, { orderId }) {
      const done: Stage[] = []
      for (const stage of stages) {
        context.setCustomStatus({ step: stage.name })
        let reason: string | null
        try {
          reason = yield* context.call(stage.act, orderId, { retry: forward })
          if (reason === null) done.unshift(stage)
        } catch (error) {
          if (!(error instanceof ActivityError)) throw error
          reason = `${stage.name}-failed`
          // without an answer it may have been done all the same
          done.unshift(stage)
        }
        if (reason === null) continue

        const isGivenUp = yield* context.call(steps.giveUpCheckout, { orderId, reason }, { retry: back })
        // confirmed after all, and only the answer was lost
        if (!isGivenUp) break

        const left = yield* undoAll(context, orderId, done, forward)
        context.setCustomStatus({ step: 'reject', reason })
        yield* context.call(steps.rejectOrder, { orderId, reason }, { retry: back })
        yield* undoAll(context, orderId, left, back)
        return 'rejected'
      }
      return 'confirmed'
    },
  )
}

/** @returns what could not be undone */
function* undoAll(
  context: Pick<WorkflowContext<typeof OrderInput>, 'call' | 'setCustomStatus'>,
  orderId: string,
  stages: Stage[],
  retry: RetryPolicy,
): Generator<Step<unknown>, Stage[], unknown> {
  const left: Stage[] = []
  for (const stage of stages) {
    if (!stage.undo) continue
    context.setCustomStatus({ step: `undo ${stage.name}` })
    try {
      yield* context.call(stage.undo, orderId, { retry })
    } catch (error) {
      if (!(error instanceof ActivityError)) throw error
      left.push(stage)
    }
  }
  return left
}
