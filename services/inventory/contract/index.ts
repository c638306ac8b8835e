import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem, topic } from 'elysia-dapr/contract'

const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$' })
const ProductId = Type.Integer({ minimum: 1 })
const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const Timestamp = Type.String({ description: 'RFC 3339' })

export type StockLevel = Static<typeof StockLevel>
export const StockLevel = Type.Object({
  productId: ProductId,
  onHand: Type.Integer({ minimum: 0, description: 'Units in the warehouse' }),
  reserved: Type.Integer({ minimum: 0, description: 'Units kept for orders' }),
  available: Type.Integer({ minimum: 0, description: 'onHand - reserved' }),
})

const Line = Type.Object({ productId: ProductId, quantity: Quantity })

export type Reservation = Static<typeof Reservation>
export const Reservation = Type.Object({
  orderId: OrderId,
  status: Type.Union([
    Type.Literal('reserved', { description: 'Units are kept for the order' }),
    Type.Literal('rejected', { description: 'There were too few: nothing was kept' }),
    Type.Literal('released', { description: 'Given back, or called off before it was asked for' }),
    Type.Literal('expired', { description: 'Given back, since the order was not confirmed in time' }),
    Type.Literal('fulfilled', { description: 'The units have left the warehouse' }),
    Type.Literal('restocked', { description: 'They had left, and have come back' }),
  ]),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Line, { description: 'What is or was kept, one for each product' }),
  expiresAt: Type.Optional(Timestamp),
  version: Type.Integer({ minimum: 1, description: 'How often it has changed, the first decision included' }),
})

export const listStock = endpoint({ method: 'GET', path: '/stock', response: Type.Array(StockLevel) })

export const getStock = endpoint({
  method: 'GET',
  path: '/stock/:productId',
  params: Type.Object({ productId: ProductId }),
  response: StockLevel,
  errors: { 404: problem('product-unknown') },
})

/** Units that have arrived. A repeated `idempotency-key` adds nothing. */
export const restock = endpoint({
  method: 'POST',
  path: '/stock/:productId/deliveries',
  params: Type.Object({ productId: ProductId }),
  headers: Type.Object({ 'idempotency-key': Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$' }) }),
  body: Type.Object({ quantity: Quantity }),
  response: StockLevel,
  errors: { 404: problem('product-unknown'), 422: problem('idempotency-key-reused') },
})

/** Keeps all units of an order, or none when one product is short. Asked again it answers what holds now. */
export const reserveStock = endpoint({
  method: 'POST',
  path: '/reservations',
  body: Type.Object({
    orderId: OrderId,
    lines: Type.Array(Type.Object({ productId: ProductId, quantity: Quantity }), {
      minItems: 1,
      maxItems: 100,
    }),
  }),
  response: Reservation,
})

/** Gives the units back. One that was never asked for is called off: a request that comes later keeps nothing. */
export const releaseStock = endpoint({
  method: 'DELETE',
  path: '/reservations/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Reservation,
  errors: { 409: problem('reservation-fulfilled') },
})

export const getReservation = endpoint({
  method: 'GET',
  path: '/reservations/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Reservation,
  errors: { 404: problem('reservation-unknown') },
})

/** What every event of a reservation has; each change is one, so `previous` is `version` - 1. */
const ofReservation = {
  orderId: OrderId,
  version: Type.Integer({ minimum: 1 }),
  previous: Type.Integer({ minimum: 0 }),
  at: Timestamp,
  lines: Type.Array(Line),
}

export type ReservationEvent = Static<typeof ReservationEvent>
export const ReservationEvent = Type.Union([
  Type.Object({ type: Type.Literal('stock-reserved'), ...ofReservation, expiresAt: Timestamp }),
  Type.Object({ type: Type.Literal('stock-rejected'), ...ofReservation, reason: Type.String() }),
  Type.Object({ type: Type.Literal('stock-released'), ...ofReservation }),
  Type.Object({ type: Type.Literal('stock-expired'), ...ofReservation }),
  Type.Object({ type: Type.Literal('stock-fulfilled'), ...ofReservation }),
  Type.Object({ type: Type.Literal('stock-restocked'), ...ofReservation }),
])

/** What becomes of the units that orders ask for. */
export const reservations = topic('pubsub', 'reservations', ReservationEvent)
