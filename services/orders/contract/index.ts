import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'

export const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'UUID of an order' })
export const CustomerId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })

const ProductId = Type.Integer({ minimum: 1 })
const Quantity = Type.Integer({ minimum: 1, maximum: 10_000 })

export type Order = Static<typeof Order>
export const Order = Type.Object({
  id: OrderId,
  customerId: CustomerId,
  status: Type.Union([Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('rejected')]),
  reason: Type.Optional(Type.String({ description: 'Why the order was rejected' })),
  lines: Type.Array(
    Type.Object({ productId: ProductId, quantity: Quantity, unitPriceCents: Type.Integer({ minimum: 0 }) }),
  ),
  totalCents: Type.Integer({ minimum: 0, description: 'US dollar cents' }),
  placedAt: Type.String({ description: 'RFC 3339' }),
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
  }),
  response: Order,
  errors: { 422: problem('product-unknown', 'product-discontinued', 'idempotency-key-reused') },
})

export const getOrder = endpoint({
  method: 'GET',
  path: '/orders/:id',
  params: Type.Object({ id: OrderId }),
  response: Order,
  errors: { 404: problem('order-unknown') },
})

export type OrderPlaced = Static<typeof OrderPlaced>
export const OrderPlaced = Type.Object({
  orderId: OrderId,
  customerId: CustomerId,
  lines: Type.Array(Type.Object({ productId: ProductId, quantity: Quantity }), { minItems: 1 }),
})

export const orderPlaced = topic('pubsub', 'order-placed', OrderPlaced)
