import { type Static, Type } from '@sinclair/typebox'
import { endpoint } from 'elysia-dapr/contract'

const Count = Type.Integer({ minimum: 0 })
const Cents = Type.Integer({ minimum: 0, description: 'US dollar cents' })

export type Sales = Static<typeof Sales>
export const Sales = Type.Object({
  key: Type.String({
    description: 'Number of a product, name of a country (or unknown), or day as in 2026-01-31',
  }),
  orders: Count,
  units: Count,
  cents: Type.Integer({ minimum: 0, description: 'Lines at the prices of the orders, in US dollar cents' }),
})

/**
 * Sales of the orders that are confirmed and not cancelled, by their product, country or day (UTC) of the confirmation;
 * only what something is sold of, in the order of the keys.
 */
export const getSales = endpoint({
  method: 'GET',
  path: '/sales/:by',
  params: Type.Object({
    by: Type.Union([Type.Literal('products'), Type.Literal('countries'), Type.Literal('days')]),
  }),
  response: Type.Array(Sales),
})

export type Totals = Static<typeof Totals>
/** All orders, what the confirmed ones among them come to, and all money that moved. */
export const Totals = Type.Object({
  placed: Type.Integer({ minimum: 0, description: 'Orders, whatever became of them' }),
  confirmed: Type.Integer({ minimum: 0, description: 'Those that are confirmed and not cancelled' }),
  rejected: Count,
  cancelled: Count,
  units: Type.Integer({
    minimum: 0,
    description: 'Of the confirmed orders, as goodsCents and shippingCents',
  }),
  goodsCents: Cents,
  shippingCents: Cents,
  capturedCents: Type.Integer({ minimum: 0, description: 'Ever taken, in US dollar cents' }),
  refundedCents: Type.Integer({ minimum: 0, description: 'Of that, ever given back, in US dollar cents' }),
  parked: Type.Integer({ minimum: 0, description: 'Events that wait for one before them' }),
})

export const getTotals = endpoint({ method: 'GET', path: '/totals', response: Totals })
