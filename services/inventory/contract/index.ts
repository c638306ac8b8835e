import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'

const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$' })
const ProductId = Type.Integer({ minimum: 1 })

export type StockLevel = Static<typeof StockLevel>
export const StockLevel = Type.Object({
  productId: ProductId,
  onHand: Type.Integer({ minimum: 0, description: 'Units in the warehouse' }),
  reserved: Type.Integer({ minimum: 0, description: 'Units kept for orders' }),
  available: Type.Integer({ minimum: 0, description: 'onHand - reserved' }),
})

export type Reservation = Static<typeof Reservation>
export const Reservation = Type.Object({
  orderId: OrderId,
  status: Type.Union([Type.Literal('reserved'), Type.Literal('rejected')]),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ productId: ProductId, quantity: Type.Integer({ minimum: 1 }) })),
})

export const listStock = endpoint({ method: 'GET', path: '/stock', response: Type.Array(StockLevel) })

export const getStock = endpoint({
  method: 'GET',
  path: '/stock/:productId',
  params: Type.Object({ productId: ProductId }),
  response: StockLevel,
  errors: { 404: problem('product-unknown') },
})

/** What was decided for an order; `lines` is empty when nothing is kept. */
export const getReservation = endpoint({
  method: 'GET',
  path: '/reservations/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Reservation,
  errors: { 404: problem('reservation-unknown') },
})

export const stockReserved = topic('pubsub', 'stock-reserved', Type.Object({ orderId: OrderId }))

export const stockRejected = topic(
  'pubsub',
  'stock-rejected',
  Type.Object({ orderId: OrderId, reason: Type.String() }),
)
