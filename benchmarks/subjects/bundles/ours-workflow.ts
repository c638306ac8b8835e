import { Type } from '@sinclair/typebox'
import { activity, startWorker, startWorkflow, workflow } from 'elysia-dapr/workflow'
import './ours.ts'
import { sidecar } from 'elysia-dapr'

const charge = activity('charge', { input: Type.Integer() }, () => undefined)
const checkout = workflow('checkout', { input: Type.Integer() }, function* (context, cents) {
  yield* context.call(charge, cents)
})

startWorker({ workflows: [checkout], activities: [charge] })
await startWorkflow(sidecar(), checkout, 100)
