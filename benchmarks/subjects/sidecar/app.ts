// app.ts: tells its port; it is invoked, and takes events, at as little cost as can be
import { order, pubsub, topicOf } from '../../lib/delivery.ts'
import { answerLines, tell } from '../tell.mjs'

const headers = { 'content-type': 'application/json' }
const subscriptions = [{ pubsubname: pubsub, topic: topicOf(0), route: '/events' }]
const { port } = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  routes: {
    '/dapr/subscribe': () => Response.json(subscriptions),
    '/events': () => Response.json({ status: 'SUCCESS' }),
    '/orders': async request => new Response(await request.text(), { headers }),
    '/orders/:id': () => new Response(order, { headers }),
  },
})
tell({ port })
await answerLines(() => undefined)
