import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'

const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$' })
const CustomerId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Cents = Type.Integer({ minimum: 0, description: 'US dollar cents' })
const Timestamp = Type.String({ description: 'RFC 3339' })

export type Payment = Static<typeof Payment>
export const Payment = Type.Object({
  orderId: OrderId,
  customerId: Type.Optional(
    Type.String({
      ...CustomerId,
      description: 'Not known of one that was called off before it was asked for',
    }),
  ),
  status: Type.Union([
    Type.Literal('pending', { description: 'The provider has not answered yet' }),
    Type.Literal('authorised', { description: 'The amount is held on the card' }),
    Type.Literal('declined', { description: 'The provider, or the lack of a card, said no' }),
    Type.Literal('captured', { description: 'The amount is taken' }),
    Type.Literal('voided', { description: 'Nothing is held any more, or ever will be' }),
    Type.Literal('refunded', { description: 'The amount was taken, and given back' }),
  ]),
  reason: Type.Optional(Type.String({ description: 'Why it was declined' })),
  amountCents: Cents,
  capturedCents: Cents,
  refundedCents: Cents,
  version: Type.Integer({ minimum: 0, description: 'How many events it has had; none while it is pending' }),
})

/** Keeps the card that the customer's orders are charged to, encrypted. The token is the provider's. */
export const putCard = endpoint({
  method: 'PUT',
  path: '/cards/:customerId',
  params: Type.Object({ customerId: CustomerId }),
  body: Type.Object({ token: Type.String({ pattern: '^tok_[A-Za-z0-9_-]{1,100}$' }) }),
})

/**
 * Holds an amount on the customer's card, once for each order: asked again with the same amount it answers what holds
 * now. A card that is declined, or missing, is an answer and no error.
 */
export const authorisePayment = endpoint({
  method: 'POST',
  path: '/payments',
  body: Type.Object({ orderId: OrderId, customerId: CustomerId, amountCents: Cents }),
  response: Payment,
  errors: { 422: problem('payment-differs') },
})

/** Lets go of what is held. One that was never asked for is called off: a request that comes later holds nothing. */
export const voidPayment = endpoint({
  method: 'DELETE',
  path: '/payments/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Payment,
  errors: { 409: problem('payment-captured') },
})

export const getPayment = endpoint({
  method: 'GET',
  path: '/payments/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Payment,
  errors: { 404: problem('payment-unknown') },
})

/** What every event of a payment has; each change is one, so `previous` is `version` - 1. */
const ofPayment = {
  orderId: OrderId,
  version: Type.Integer({ minimum: 1 }),
  previous: Type.Integer({ minimum: 0 }),
  at: Timestamp,
  amountCents: Cents,
}

export type PaymentEvent = Static<typeof PaymentEvent>
export const PaymentEvent = Type.Union([
  Type.Object({ type: Type.Literal('payment-authorised'), ...ofPayment }),
  Type.Object({ type: Type.Literal('payment-declined'), ...ofPayment, reason: Type.String() }),
  Type.Object({ type: Type.Literal('payment-captured'), ...ofPayment }),
  Type.Object({ type: Type.Literal('payment-voided'), ...ofPayment }),
  Type.Object({ type: Type.Literal('payment-refunded'), ...ofPayment }),
])

/** What becomes of the money that orders ask for. */
export const payments = topic('pubsub', 'payments', PaymentEvent)
