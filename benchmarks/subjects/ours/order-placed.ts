import { Type } from '@sinclair/typebox'
import { topic } from 'elysia-dapr/contract'
import { pubsub, topicOf } from '../../lib/delivery.ts'

const OrderPlaced = Type.Object({
  orderId: Type.String(),
  customer: Type.String(),
  lines: Type.Array(
    Type.Object({ productId: Type.Integer(), quantity: Type.Integer(), unitPrice: Type.Integer() }),
  ),
  total: Type.Integer(),
  currency: Type.String(),
})

export const orderPlaced = (index: number) => topic(pubsub, topicOf(index), OrderPlaced)
