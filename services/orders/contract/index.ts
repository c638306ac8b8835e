import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'

export const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'UUID of an order' })
export const CustomerId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
export const Country = Type.String({
  minLength: 1,
  maxLength: 60,
  description: 'Where it is sent, in English',
})

const ProductId = Type.Integer({ minimum: 1 })
const Quantity = Type.Integer({ minimum: 1, maximum: 10_000 })
const Cents = Type.Integer({ minimum: 0, description: 'US dollar cents' })
const Timestamp = Type.String({ description: 'RFC 3339' })

const Line = Type.Object({ productId: ProductId, quantity: Quantity, unitPriceCents: Cents })

export type Order = Static<typeof Order>
export const Order = Type.Object({
  id: OrderId,
  customerId: CustomerId,
  status: Type.Union([
    Type.Literal('placed'),
    Type.Literal('confirmed'),
    Type.Literal('rejected'),
    Type.Literal('cancelled'),
  ]),
  reason: Type.Optional(Type.String({ description: 'Why it was rejected or cancelled' })),
  lines: Type.Array(Line),
  totalCents: Type.Integer({ minimum: 0, description: 'All lines, in US dollar cents' }),
  shippingCents: Type.Integer({ minimum: 0, description: 'Charged beside the lines, in US dollar cents' }),
  country: Type.Optional(Country),
  placedAt: Timestamp,
  version: Type.Integer({ minimum: 1, description: 'How many events the order has' }),
})

/** A repeated `idempotency-key` answers the first order with 200; a new one is accepted with 202. */
export const placeOrder = endpoint({
  method: 'POST',
  path: '/orders',
  status: 202,
  headers: Type.Object({ 'idempotency-key': Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' }) }),
  body: Type.Object({
    customerId: CustomerId,
    lines: Type.Array(Type.Object({ productId: ProductId, quantity: Quantity }), {
      minItems: 1,
      maxItems: 100,
    }),
    country: Type.Optional(Country),
  }),
  response: Order,
  errors: { 422: problem('product-unknown', 'product-discontinued', 'idempotency-key-reused') },
})

const params = Type.Object({ id: OrderId })

export const getOrder = endpoint({
  method: 'GET',
  path: '/orders/:id',
  params,
  response: Order,
  errors: { 404: problem('order-unknown') },
})

/** The newest first; `before` takes the `id` of the last one of the page before. */
export const listOrders = endpoint({
  method: 'GET',
  path: '/orders',
  query: Type.Object({
    customerId: CustomerId,
    before: Type.Optional(OrderId),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  }),
  response: Type.Array(Order),
})

/** A confirmed order: its payment is refunded, its units go back. Cancelling again changes nothing. */
export const cancelOrder = endpoint({
  method: 'POST',
  path: '/orders/:id/cancellation',
  params,
  body: Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) }),
  response: Order,
  errors: { 404: problem('order-unknown'), 409: problem('order-not-confirmed') },
})

export const OrderHistoryEntry = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  type: Type.String({ description: 'Name of a domain event, as in order-placed' }),
  at: Timestamp,
  data: Type.Unknown(),
})

/** Every event of an order, the first one first. */
export const getOrderHistory = endpoint({
  method: 'GET',
  path: '/orders/:id/history',
  params,
  response: Type.Array(OrderHistoryEntry),
  errors: { 404: problem('order-unknown') },
})

/** The checkout of an order: which workflow drives it, how far it is. */
export const getCheckout = endpoint({
  method: 'GET',
  path: '/orders/:id/checkout',
  params,
  response: Type.Object({
    workflow: Type.String({ description: 'Name with version, as in checkout-v1' }),
    status: Type.String({ description: 'Status of the Dapr workflow, as in RUNNING' }),
    step: Type.Optional(Type.String({ description: 'What it is doing or has done last' })),
    startedAt: Type.Optional(Timestamp),
    updatedAt: Type.Optional(Timestamp),
  }),
  errors: { 404: problem('checkout-unknown') },
})

/**
 * What every public event of an order has. `version` is that of the order after it, `previous` that after the public
 * event before it (0: none): who has not handled that one yet has missed it.
 */
const ofOrder = {
  orderId: OrderId,
  version: Type.Integer({ minimum: 1 }),
  previous: Type.Integer({ minimum: 0 }),
  at: Timestamp,
}

const goods = {
  customerId: CustomerId,
  country: Type.Optional(Country),
  lines: Type.Array(Line, { minItems: 1 }),
  totalCents: Cents,
  shippingCents: Cents,
}

export const OrderPlaced = Type.Object({ type: Type.Literal('order-placed'), ...ofOrder, ...goods })
export const OrderConfirmed = Type.Object({ type: Type.Literal('order-confirmed'), ...ofOrder, ...goods })
export const OrderRejected = Type.Object({
  type: Type.Literal('order-rejected'),
  ...ofOrder,
  reason: Type.String(),
})
export const OrderCancelled = Type.Object({
  type: Type.Literal('order-cancelled'),
  ...ofOrder,
  ...goods,
  reason: Type.String(),
})

export type OrderEvent = Static<typeof OrderEvent>
export const OrderEvent = Type.Union([OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled])

/** All public events of an order, in one topic, so that a consumer sees each and notices what is missing. */
export const orders = topic('pubsub', 'orders', OrderEvent)
