// What the gateway answers, as a client sees it: written here and not taken from the services' contracts,
// so that the demo notices when the public API changes.
import { type Static, Type } from '@sinclair/typebox'

const Id = Type.Integer({ minimum: 1 })
const Count = Type.Integer({ minimum: 0 })
const Cents = Type.Integer({ minimum: 0 })

export const Products = Type.Array(
  Type.Object({ id: Id, name: Type.String(), unitPriceCents: Cents, discontinued: Type.Boolean() }),
)

// No minimum on `available` and `reserved`: an oversold product is a finding, not an unreadable answer.
export const StockLevels = Type.Array(
  Type.Object({
    productId: Id,
    onHand: Type.Integer(),
    reserved: Type.Integer(),
    available: Type.Integer(),
  }),
)

export const Order = Type.Object({
  id: Type.String({ minLength: 1 }),
  customerId: Type.String(),
  status: oneOf('placed', 'confirmed', 'rejected', 'cancelled'),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ productId: Id, quantity: Count, unitPriceCents: Cents })),
  totalCents: Type.Integer(),
  shippingCents: Type.Integer(),
  country: Type.Optional(Type.String()),
  version: Id,
})

export const Reservation = Type.Object({
  orderId: Type.String(),
  status: oneOf('reserved', 'rejected', 'released', 'expired', 'fulfilled', 'restocked'),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ productId: Id, quantity: Count })),
  version: Id,
})

export const Payment = Type.Object({
  orderId: Type.String(),
  customerId: Type.Optional(Type.String()),
  status: oneOf('pending', 'authorised', 'declined', 'captured', 'voided', 'refunded'),
  reason: Type.Optional(Type.String()),
  amountCents: Type.Integer(),
  capturedCents: Type.Integer(),
  refundedCents: Type.Integer(),
  version: Count,
})

export const Shipment = Type.Object({
  orderId: Type.String(),
  status: oneOf('arranged', 'cancelled'),
  trackingNumber: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  units: Count,
  priceCents: Cents,
})

// No minimum: a count below zero is a finding.
export const Totals = Type.Object({
  placed: Type.Integer(),
  confirmed: Type.Integer(),
  rejected: Type.Integer(),
  cancelled: Type.Integer(),
  units: Type.Integer(),
  goodsCents: Type.Integer(),
  shippingCents: Type.Integer(),
  capturedCents: Type.Integer(),
  refundedCents: Type.Integer(),
  parked: Type.Integer(),
})

export const Sales = Type.Array(
  Type.Object({
    key: Type.String(),
    orders: Type.Integer(),
    units: Type.Integer(),
    cents: Type.Integer(),
  }),
)

export const Problem = Type.Object({ code: Type.String() })

export type Products = Static<typeof Products>
export type StockLevels = Static<typeof StockLevels>
export type Order = Static<typeof Order>
export type Reservation = Static<typeof Reservation>
export type Payment = Static<typeof Payment>
export type Shipment = Static<typeof Shipment>
export type Totals = Static<typeof Totals>
export type Sales = Static<typeof Sales>

function oneOf<const Names extends string[]>(...names: Names) {
  return Type.Unsafe<Names[number]>(Type.Union(names.map(name => Type.Literal(name))))
}
