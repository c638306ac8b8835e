import { Type } from '@sinclair/typebox'
import { topic } from '../../../packages/elysia-dapr/src/index.ts'

export const placed = topic('pubsub', 'placed', Type.Object({ number: Type.Integer() }))
export const dead = topic('pubsub', 'placed.dead', Type.Unknown())
