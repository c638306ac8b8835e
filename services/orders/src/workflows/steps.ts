import type { Reservation } from '@shop/inventory-contract'
import type { Payment } from '@shop/payments-contract'
import { Type } from '@sinclair/typebox'
import { DaprError } from 'elysia-dapr'
import { activity } from 'elysia-dapr/workflow'
import { OrderRuleError, type OrderState } from '../order.ts'
import type { Shipping } from '../shipping.ts'
import type { Store } from '../store.ts'

export interface StepDependencies {
  store: Pick<Store, 'load' | 'execute'>
  inventory: {
    reserve(order: {
      orderId: string
      lines: { productId: number; quantity: number }[]
    }): Promise<Reservation>
    release(orderId: string): Promise<void>
  }
  payments: {
    authorise(payment: { orderId: string; customerId: string; amountCents: number }): Promise<Payment>
    void(orderId: string): Promise<void>
  }
  shipping: Shipping
}

/** Of every workflow in every version; one that is called by instances must not change its name or schemas. */
export type Steps = ReturnType<typeof createSteps>

const OrderId = Type.String()

const WithReason = Type.Object({ orderId: OrderId, reason: Type.String() })

/** Why it cannot be done; null: it is done, or waits for nothing any more. What may succeed later is an error. */
const Refusal = Type.Union([Type.String(), Type.Null()])

/**
 * Each step may run again, after a crash or without an answer: it reads the order, does what is not done yet under the
 * order's id, and appends what came of it.
 */
export function createSteps({ store, inventory, payments, shipping }: StepDependencies) {
  /** Undefined when the order is settled, or its checkout given up: nothing is to be brought about any more. */
  async function open(orderId: string): Promise<OrderState | undefined> {
    const { state } = await store.load(orderId)
    return state.status === 'placed' && state.failure === undefined ? state : undefined
  }

  return {
    reserveStock: activity('reserve-stock', { input: OrderId, output: Refusal }, async orderId => {
      const order = await open(orderId)
      if (!order || order.stock === 'reserved') return null
      const lines = order.goods.lines.map(({ productId, quantity }) => ({ productId, quantity }))
      const { status, reason } = await answerOf(inventory.reserve({ orderId, lines }))
      if (status === 'rejected') return reason ?? 'insufficient-stock'
      if (status !== 'reserved') return `reservation-${status}`
      await store.execute(orderId, { command: 'note', event: { type: 'stock-reserved' } })
      return null
    }),

    authorisePayment: activity('authorise-payment', { input: OrderId, output: Refusal }, async orderId => {
      const order = await open(orderId)
      if (!order || order.isAuthorised) return null
      const { customerId, totalCents, shippingCents } = order.goods
      const amountCents = totalCents + shippingCents
      const { status, reason } = await answerOf(payments.authorise({ orderId, customerId, amountCents }))
      if (status === 'declined') return reason ?? 'payment-declined'
      if (status === 'pending') throw new Error('the payment provider has not answered yet')
      if (status !== 'authorised') return `payment-${status}`
      await store.execute(orderId, { command: 'note', event: { type: 'payment-authorised' } })
      return null
    }),

    arrangeShipping: activity('arrange-shipping', { input: OrderId, output: Refusal }, async orderId => {
      const order = await open(orderId)
      if (!order || order.isShippingArranged) return null
      const { trackingNumber, refusal } = await shipping.arrange({ orderId, ...order.goods })
      if (refusal !== undefined) return refusal
      const event = {
        type: 'shipping-arranged' as const,
        ...(trackingNumber !== undefined && { trackingNumber }),
      }
      await store.execute(orderId, { command: 'note', event })
      return null
    }),

    confirmOrder: activity('confirm-order', { input: OrderId, output: Refusal }, async orderId => {
      const { failure } = (await store.load(orderId)).state
      if (failure !== undefined) return failure
      try {
        await store.execute(orderId, { command: 'confirm' })
        return null
      } catch (error) {
        if (error instanceof OrderRuleError) return error.code
        throw error
      }
    }),

    /**
     * Before anything is undone: from here on no step brings anything about, whoever starts the checkout again. False for
     * an order that is confirmed: there is nothing to give up.
     */
    giveUpCheckout: activity(
      'give-up-checkout',
      { input: WithReason, output: Type.Boolean() },
      async ({ orderId, reason }) => {
        const event = { type: 'checkout-failed' as const, reason }
        return (await store.execute(orderId, { command: 'note', event })).state.failure !== undefined
      },
    ),

    rejectOrder: activity('reject-order', { input: WithReason }, async ({ orderId, reason }) => {
      const { status } = (await store.load(orderId)).state
      if (status === 'placed') await store.execute(orderId, { command: 'reject', reason })
    }),

    releaseStock: activity('release-stock', { input: OrderId }, orderId =>
      answerOf(inventory.release(orderId)),
    ),
    voidPayment: activity('void-payment', { input: OrderId }, orderId => answerOf(payments.void(orderId))),
    cancelShipping: activity('cancel-shipping', { input: OrderId }, async orderId => {
      const { trackingNumber } = (await store.load(orderId)).state
      await shipping.cancel(orderId, { isKnownThere: trackingNumber !== undefined })
    }),
  }
}

/**
 * An answer of success that does not fit, such as the empty one that a sidecar gives when its app is killed, says nothing
 * of what was done. Every call here is made under the order's id and can be made again: it is a failure like any other.
 */
async function answerOf<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call
  } catch (error) {
    if (error instanceof DaprError && error.status < 400) throw new Error(error.message, { cause: error })
    throw error
  }
}
