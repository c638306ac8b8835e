// calls.mjs publish|state-get|invoke calls|time SIDECAR_PORT: for each line, so many seconds of calls to the sidecar
import { DaprClient, HttpMethod, LogLevel } from '@dapr/dapr'
import { answerLines, measureCalls } from '../tell.mjs'

const [kind = '', unit, daprPort = '', orderText = ''] = process.argv.slice(2)
const client = new DaprClient({ daprHost: '127.0.0.1', daprPort, logger: { level: LogLevel.Error } })
const order = JSON.parse(orderText)

/** It resolves when a call has failed. */
async function publish() {
  const { error } = await client.pubsub.publish('pubsub', 'order-placed-0', order)
  if (error) throw error
}

/** @type {Record<string, () => Promise<unknown>>} */
const calls = {
  publish,
  'state-get': () => client.state.get('store', 'order-1'),
  invoke: () => client.invoker.invoke('app', 'orders/order-1', HttpMethod.GET),
}
const call = calls[kind]
if (!call) throw new TypeError(`there is no call ${kind}`)
await answerLines(seconds => measureCalls(call, unit, Number(seconds)))
