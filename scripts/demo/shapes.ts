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
  status: Type.Union([Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('rejected')]),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ productId: Id, quantity: Count, unitPriceCents: Cents })),
  totalCents: Type.Integer(),
})

export const Reservation = Type.Object({
  orderId: Type.String(),
  status: Type.Union([Type.Literal('reserved'), Type.Literal('rejected')]),
  reason: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ productId: Id, quantity: Count })),
})

export const Problem = Type.Object({ code: Type.String() })

export type Products = Static<typeof Products>
export type StockLevels = Static<typeof StockLevels>
export type Order = Static<typeof Order>
export type Reservation = Static<typeof Reservation>
