import { workflow } from 'elysia-dapr/workflow'
import { OrderInput } from './order-input.ts'
import type { Steps } from './steps.ts'

/** Calls off the shipment of a cancelled order. Its payment and its units go back by the event of the order. */
export function cancellationV1(steps: Steps) {
  return workflow(
    'cancellation',
    { version: 1, input: OrderInput },
    function* cancellation(context, { orderId }) {
      yield* context.call(steps.cancelShipping, orderId, {
        retry: { maxAttempts: 1_000, firstInterval: 500 },
      })
    },
  )
}
