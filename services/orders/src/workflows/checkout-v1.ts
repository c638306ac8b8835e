import { Type } from '@sinclair/typebox'
import { ActivityError, type RetryPolicy, workflow } from 'elysia-dapr/workflow'
import { OrderInput } from './order-input.ts'
import type { Steps } from './steps.ts'

/**
 * A service that is started again is back by then, about a minute later; what takes longer is an outage, and the order
 * is rejected. Attempts count and no time, which also passes while nothing runs that could attempt.
 */
const forward: RetryPolicy = { maxAttempts: 16, firstInterval: 250, maxInterval: 5_000 }

/** What is held for an order must be let go of, however long that takes. */
const back: RetryPolicy = { maxAttempts: 100, firstInterval: 500 }

/**
 * Sees an order through: reserve, pay, ship, confirm. What was done is undone in reverse when a later step fails or
 * takes too long. The workflow holds no facts, the order does, so it can be started anew at any point: of an order that
 * was given up it passes all steps, is refused the confirmation, and undoes everything. A change of it is a new version,
 * see versions.ts.
 */
export function checkoutV1(steps: Steps) {
  const stages = [
    { name: 'reserve-stock', act: steps.reserveStock, undo: steps.releaseStock },
    { name: 'authorise-payment', act: steps.authorisePayment, undo: steps.voidPayment },
    { name: 'arrange-shipping', act: steps.arrangeShipping, undo: steps.cancelShipping },
    { name: 'confirm', act: steps.confirmOrder, undo: undefined },
  ]

  return workflow(
    'checkout',
    { version: 1, input: OrderInput, output: Type.String() },
    function* checkout(context, { orderId }) {
      const done: (typeof stages)[number][] = []
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

        yield* context.call(steps.giveUpCheckout, { orderId, reason }, { retry: back })
        for (const { name, undo } of done) {
          if (!undo) continue
          context.setCustomStatus({ step: `undo ${name}`, reason })
          yield* context.call(undo, orderId, { retry: back })
        }
        context.setCustomStatus({ step: 'reject', reason })
        yield* context.call(steps.rejectOrder, { orderId, reason }, { retry: back })
        return 'rejected'
      }
      return 'confirmed'
    },
  )
}
