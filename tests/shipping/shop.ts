import { join } from 'node:path'
import { type Client, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { type Process, startProcess } from '../../packages/elysia-dapr/src/testing/process.ts'
import { ShippingService } from '../../services/shipping/contract/gen/shipping_pb.ts'
import { component, daprd, eventually, temporaryFolder } from '../conformance/environment.ts'
import { buildService } from './go.ts'

export type Shipping = Client<typeof ShippingService>

export interface ShippingShop extends AsyncDisposable {
  /** As orders has it: through the sidecar of orders, and that of shipping. */
  shipping: Shipping
  /** Past both sidecars, with this token. */
  direct(token?: string): Shipping
  /** The one that the service takes. */
  appToken: string
  /** Everything that the service has said. */
  log(): string
  sidecarLog(): string
  /** Sends a signal to the service, and waits until it has ended. */
  kill(signal: NodeJS.Signals): Promise<string>
  /** Starts the service again, and waits until it answers. */
  restart(): Promise<void>
  /** Ends, and starts, the sidecar of the service alone. */
  killSidecar(): Promise<void>
  restartSidecar(): Promise<void>
}

export interface ShippingShopOptions {
  /** `spec` of the Configuration of both sidecars. */
  configuration?: Record<string, unknown>
  /** Added to the environment of the service. */
  env?: Record<string, string>
}

/** The service, built as it is, and its sidecar; and a sidecar that calls it. */
export async function startShippingShop({
  configuration = {},
  env = {},
}: ShippingShopOptions = {}): Promise<ShippingShop> {
  await using cleanup = new AsyncDisposableStack()
  const home = cleanup.use(await temporaryFolder())
  const program = await buildService(home.path)
  const [port = 0] = await freePorts(1)
  const shipments = component('shipments', 'state.sqlite', {
    connectionString: `file:${join(home.path, 'shipments.db')}`,
    busyTimeout: '20s',
  })
  const sidecar = cleanup.use(
    await daprd({
      app: { port },
      appId: 'shipping',
      home: home.path,
      resources: [shipments],
      configuration,
      // It has no HTTP that the harness could ask: the calls tell when it is ready.
      waitFor: 'outbound',
      args: ['--app-protocol', 'grpc', '--enable-app-health-check', ...probes],
    }),
  )
  const caller = cleanup.use(await daprd({ appId: 'orders', home: home.path, configuration }))
  const shipping = clientOf(caller.ports.grpc, {
    'dapr-app-id': 'shipping',
    'dapr-api-token': caller.apiToken,
  })
  const log = join(home.path, 'shipping.log')
  const environment = {
    PATH: process.env.PATH,
    APP_ID: 'shipping',
    APP_PORT: `${port}`,
    APP_API_TOKEN: sidecar.appToken,
    DAPR_HTTP_PORT: `${sidecar.ports.http}`,
    DAPR_API_TOKEN: sidecar.apiToken,
    LOG_LEVEL: 'debug',
    ...env,
  }
  let service: Process
  cleanup.defer(() => service?.end())

  async function restart() {
    service = await startProcess([program], { cwd: home.path, env: environment, log })
    await answers()
  }

  async function answers() {
    await eventually(() => shipping.quote({ units: 1 }).catch(() => undefined), {
      what: 'shipping answers',
      within: 30_000,
    })
  }

  await restart()
  const kept = cleanup.move()
  return {
    shipping,
    direct: token => clientOf(port, token === undefined ? {} : { 'dapr-api-token': token }),
    appToken: sidecar.appToken,
    log: () => service.log(),
    sidecarLog: sidecar.log,
    async kill(signal) {
      await service.kill(signal)
      return await service.ended
    },
    restart,
    killSidecar: () => sidecar.kill(),
    async restartSidecar() {
      await sidecar.restart()
      await answers()
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const probes = ['--app-health-probe-interval', '1', '--app-health-threshold', '1']

function clientOf(port: number, headers: Record<string, string>): Shipping {
  const addHeaders: Interceptor = next => async request => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value)
    return await next(request)
  }
  return createClient(
    ShippingService,
    createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, interceptors: [addHeaders] }),
  )
}
