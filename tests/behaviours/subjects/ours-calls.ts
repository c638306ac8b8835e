import { Type } from '@sinclair/typebox'
import {
  client,
  endpoint,
  invoke,
  job,
  publish,
  publishBulk,
  scheduleJob,
  sidecar,
  stateStore,
  topic,
} from 'elysia-dapr'
import { workflowCalls } from './ours-workflows.ts'
import type { Calls } from './protocol.ts'
import { inTrace } from './trace.ts'

const dapr = sidecar({
  endpoint: `http://127.0.0.1:${process.env.OBSERVER_HTTP_PORT}`,
  ...(process.env.OBSERVER_API_TOKEN && { apiToken: process.env.OBSERVER_API_TOKEN }),
})

class Order {
  readonly number: number

  constructor(number: number) {
    this.number = number
  }
}

export const calls: Calls = {
  ...workflowCalls,
  ping: async () => undefined,
  publish: (pubsub, name, data) => publish(dapr, topic(pubsub, name, Type.Unknown()), data),
  publishInstance: (pubsub, name, number) =>
    publish(dapr, topic(pubsub, name, Type.Object({ number: Type.Integer() })), new Order(number)),
  publishMany: (pubsub, name) =>
    publishBulk(dapr, topic(pubsub, name, Type.String()), [
      { data: 'one' },
      { data: 'two', metadata: { retain: 'perhaps' } },
    ]),
  scheduleJob: name => scheduleJob(dapr, job(name, Type.Unknown()), undefined, { dueTime: '0s' }),
  save: (store, key, value, etag) =>
    stateStore(dapr, store, Type.Unknown()).save(key, value, etag === undefined ? {} : { etag }),
  read: (store, key) => stateStore(dapr, store, Type.Unknown()).get(key),
  async invoke(appId, path, limit) {
    const get = endpoint({ method: 'GET', path, response: Type.Unknown() })
    const { data } = await client(dapr, appId, { get }).get({}, limit === undefined ? {} : { timeout: limit })
    return data
  },
  invokeInTrace: (appId, path, traceparent) =>
    inTrace(traceparent, () => invoke(dapr, appId, path).then(({ status }) => status)),
  publishWithoutSidecar: port =>
    publish(sidecar({ endpoint: `http://127.0.0.1:${port}` }), topic('pubsub', 'topic', Type.Unknown()), {}),
}
