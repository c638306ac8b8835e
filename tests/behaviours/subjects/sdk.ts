// DaprServer over HTTP, as its documentation shows it: https://docs.dapr.io/developing-applications/sdks/js/js-server/
import { CommunicationProtocolEnum, DaprPubSubStatusEnum, DaprServer, HttpMethod } from '@dapr/dapr'
import { pubsub } from './protocol.ts'
import { ready, report } from './report.ts'
import { calls } from './sdk-calls.ts'

const server = new DaprServer({
  serverHost: '127.0.0.1',
  serverPort: process.env.APP_PORT ?? '',
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: { daprHost: '127.0.0.1', daprPort: process.env.DAPR_HTTP_PORT ?? '' },
})

/** A handler that reports what it is given and is done. */
function telling(handler: string) {
  return async (...given: unknown[]) => report(handler, given[0], given)
}

for (const topic of ['object', 'falsy', 'identity', 'private']) {
  await server.pubsub.subscribe(pubsub, topic, telling(topic))
}
await server.pubsub.subscribe(pubsub, 'throwing', async (data: unknown, headers: object) => {
  report('throwing', data, headers)
  if (data === 'fail') throw new Error('the database is locked')
})
await server.pubsub.subscribeWithOptions(pubsub, 'dropping', {
  deadLetterTopic: 'dropping-dead',
  async callback(data: unknown, headers: object) {
    report('dropping', data, headers)
    return data === 'fail' ? DaprPubSubStatusEnum.DROP : DaprPubSubStatusEnum.SUCCESS
  },
})
await server.pubsub.subscribe(pubsub, 'dropping-dead', telling('dropping-dead'))
await server.pubsub.subscribeWithOptions(pubsub, 'checked', {
  deadLetterTopic: 'checked-dead',
  callback: telling('checked'),
})
await server.pubsub.subscribe(pubsub, 'checked-dead', telling('checked-dead'))

await server.invoker.listen(
  'take',
  async ({ body }: { body?: string }) => report('take', JSON.parse(body ?? 'null'), body),
  { method: HttpMethod.POST },
)
await server.invoker.listen('zero', async () => 0)
await server.invoker.listen('nothing', async () => undefined)
await server.invoker.listen('throw', async () => {
  throw new Error('the database is locked')
})

if (process.env.DUPLICATE) await server.pubsub.subscribe(pubsub, 'object', telling('object'), 'again')

await server.start()
ready(calls)
