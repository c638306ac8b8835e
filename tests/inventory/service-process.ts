import { join, resolve } from 'node:path'
import { getMetadata } from '../../packages/elysia-dapr/src/index.ts'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import type { Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { component, daprd, eventually, temporaryFolder } from '../conformance/environment.ts'
import { type Server, startServer } from '../conformance/server.ts'

const root = resolve(import.meta.dir, '../..')

export interface ServiceOptions {
  pubsub: Resource
  /** Of the other sidecars, so that they find it. */
  home: string
  reservationSeconds: number
}

/** The inventory service, in a process of its own, beside a sidecar of its own. */
export interface ServiceProcess extends Server {
  sidecar: Daprd
  /** Asks the service itself, as the people who run it do. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Resolves when its sidecar delivers to it. */
  subscribed(): Promise<void>
}

export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { pubsub, home, reservationSeconds } = options
  await using cleanup = new AsyncDisposableStack()
  const { path } = cleanup.use(await temporaryFolder())
  const secretsFile = join(path, 'secrets.json')
  await Bun.write(secretsFile, JSON.stringify({ 'inventory-database': `file:${join(path, 'inventory.db')}` }))

  const [port = 0] = await freePorts(1)
  const sidecar = cleanup.use(
    await daprd({
      ...{ app: { port }, appId: 'inventory', home, waitFor: 'outbound' },
      healthCheck: { intervalSeconds: 1, threshold: 1 },
      resources: [component('secrets', 'secretstores.local.file', { secretsFile }), pubsub],
    }),
  )

  function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('dapr-api-token', sidecar.appToken)
    return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers })
  }

  const server = cleanup.use(
    await startServer({
      name: 'inventory',
      command: () => [process.execPath, join(root, 'services/inventory/src/main.ts')],
      ready: async () => (await request('/healthz').catch(() => undefined))?.ok ?? false,
      env: {
        APP_ID: 'inventory',
        APP_PORT: `${port}`,
        APP_API_TOKEN: sidecar.appToken,
        DAPR_HTTP_ENDPOINT: sidecar.endpoint,
        DAPR_API_TOKEN: sidecar.apiToken,
        SEED_DIR: join(root, 'data/northwind'),
        RESERVATION_SECONDS: `${reservationSeconds}`,
      },
    }),
  )
  const kept = cleanup.move()
  return {
    ...server,
    ...{ sidecar, request },
    async subscribed() {
      const what = 'the subscriptions of inventory'
      await eventually(async () => (await getMetadata(sidecar)).subscriptions?.length === 2 || undefined, {
        what,
      })
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
