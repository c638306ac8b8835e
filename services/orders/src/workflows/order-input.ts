import { Type } from '@sinclair/typebox'

/** What every workflow gets: the order holds the facts. */
export const OrderInput = Type.Object({ orderId: Type.String() })
