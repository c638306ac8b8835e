// calls.ts publish|state-get|invoke calls|time SIDECAR_PORT: for each line, so many seconds of calls to the sidecar
import { Type } from '@sinclair/typebox'
import { client, endpoint, publish, sidecar, stateStore } from 'elysia-dapr'
import { appId, key, order, store } from '../../lib/delivery.ts'
import { answerLines, measureCalls } from '../tell.mjs'
import { orderPlaced } from './order-placed.ts'

const [kind = '', unit, port] = process.argv.slice(2)
const dapr = sidecar({ endpoint: `http://127.0.0.1:${port}` })
const topic = orderPlaced(0)
const data = JSON.parse(order)
const orders = stateStore(dapr, store, topic.data)
const getOrder = endpoint({
  method: 'GET',
  path: '/orders/:id',
  params: Type.Object({ id: Type.String() }),
  response: topic.data,
})
const app = client(dapr, appId, { getOrder })

const calls: Record<string, () => Promise<unknown>> = {
  publish: () => publish(dapr, topic, data),
  'state-get': () => orders.get(key),
  invoke: () => app.getOrder({ params: { id: key } }),
}
const call = calls[kind]
if (!call) throw new TypeError(`there is no call ${kind}`)
await answerLines(seconds => measureCalls(call, unit, Number(seconds)))
