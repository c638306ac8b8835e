import { DaprServer } from '@dapr/dapr'

const server = new DaprServer({ serverPort: '3000' })

await server.pubsub.subscribe('pubsub', 'placed', async (data: { number: number }) => {
  await server.client.state.save('orders', [{ key: String(data.number), value: data }])
  await server.client.pubsub.publish('pubsub', 'accepted', data)
})
await server.start()
