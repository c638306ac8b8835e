import { Type } from '@sinclair/typebox'
import { topic } from '../../packages/elysia-dapr/src/index.ts'

export const counted = topic(
  'pubsub',
  'counted',
  Type.Object({ key: Type.String(), version: Type.Integer(), previous: Type.Integer() }),
)
