import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem } from 'elysia-dapr/contract'

const OrderId = Type.String({ pattern: '^[0-9a-f-]{36}$' })

/** What the gateway offers of shipping.proto over REST. */
export type Shipment = Static<typeof Shipment>
export const Shipment = Type.Object({
  orderId: OrderId,
  status: Type.Union([Type.Literal('arranged'), Type.Literal('cancelled')]),
  trackingNumber: Type.Optional(Type.String()),
  carrier: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  units: Type.Integer({ minimum: 0 }),
  priceCents: Type.Integer({ minimum: 0, description: 'US dollar cents' }),
})

export const getShipment = endpoint({
  method: 'GET',
  path: '/shipments/:orderId',
  params: Type.Object({ orderId: OrderId }),
  response: Shipment,
  errors: { 404: problem('shipment-unknown') },
})
