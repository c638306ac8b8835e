import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { dapr, publish, sidecar, stateStore, subscribe, topic } from 'elysia-dapr'

const Order = Type.Object({ number: Type.Integer() })
const placed = topic('pubsub', 'placed', Order)
const accepted = topic('pubsub', 'accepted', Order)
const orders = stateStore(sidecar(), 'orders', Order)

new Elysia()
  .use(dapr())
  .use(
    subscribe(placed, async ({ data }) => {
      await orders.save(String(data.number), data)
      await publish(sidecar(), accepted, data)
    }),
  )
  .listen(3000)
