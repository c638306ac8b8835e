// DaprServer over HTTP, as its documentation shows it: https://docs.dapr.io/developing-applications/sdks/js/js-server/
import { CommunicationProtocolEnum, DaprServer } from '@dapr/dapr'
import { ready, report } from './report.ts'
import { calls } from './sdk-calls.ts'
import { subscribe, subscribeByMistake } from './sdk-events.ts'
import { listen } from './sdk-routes.ts'
import { startWorkflows } from './sdk-workflows.ts'

const server = new DaprServer({
  serverHost: '127.0.0.1',
  serverPort: process.env.APP_PORT ?? '',
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: { daprHost: '127.0.0.1', daprPort: process.env.DAPR_HTTP_PORT ?? '' },
})

await subscribe(server)
await server.binding.receive('tick', async (...given: unknown[]) => report('tick', given[0], given))
await listen(server)
await subscribeByMistake(server, process.env.MISTAKE)

await server.start()
await startWorkflows()
ready(calls)
