import {
  CommunicationProtocolEnum,
  DaprClient,
  HttpMethod,
  StateConcurrencyEnum,
  StateConsistencyEnum,
} from '@dapr/dapr'
import type { Calls } from './protocol.ts'
import { workflowCalls } from './sdk-workflows.ts'
import { inTrace } from './trace.ts'

function clientOf(daprPort = '', daprApiToken = ''): DaprClient {
  const communicationProtocol = CommunicationProtocolEnum.HTTP
  return new DaprClient({ daprHost: '127.0.0.1', daprPort, daprApiToken, communicationProtocol })
}

const client = clientOf(process.env.OBSERVER_HTTP_PORT, process.env.OBSERVER_API_TOKEN)

class Order {
  readonly number: number

  constructor(number: number) {
    this.number = number
  }
}

export const calls: Calls = {
  ...workflowCalls,
  ping: async () => undefined,
  // Its types have no number and no boolean; its documentation says nothing of them.
  publish: (pubsub, topic, data) => client.pubsub.publish(pubsub, topic, data as object),
  publishInstance: (pubsub, topic, number) => client.pubsub.publish(pubsub, topic, new Order(number)),
  publishMany: (pubsub, topic) =>
    client.pubsub.publishBulk(pubsub, topic, [
      { event: 'one' },
      { event: 'two', metadata: { retain: 'perhaps' } },
    ]),
  async scheduleJob() {
    if (!('jobs' in client)) throw new Error('there is no API for it')
  },
  async save(store, key, value, etag) {
    if (etag === undefined) return await client.state.save(store, [{ key, value }])
    const concurrency = StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE
    const consistency = StateConsistencyEnum.CONSISTENCY_STRONG
    return await client.state.save(store, [{ key, value, etag, options: { concurrency, consistency } }])
  },
  read: (store, key) => client.state.get(store, key),
  invoke: (appId, path, limit) =>
    // Its documentation names the option, its type does not.
    client.invoker.invoke(appId, path.slice(1), HttpMethod.GET, undefined, { timeout: limit } as object),
  invokeInTrace: (appId, path, traceparent) =>
    inTrace(traceparent, () => client.invoker.invoke(appId, path.slice(1), HttpMethod.GET)),
  publishWithoutSidecar: port => clientOf(`${port}`).pubsub.publish('pubsub', 'topic', {}),
}
