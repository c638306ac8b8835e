import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Daprd } from '../../packages/elysia-dapr/src/testing/daprd.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import type { Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { component, daprd, eventually, temporaryFolder } from '../conformance/environment.ts'
import { type Server, startServer } from '../conformance/server.ts'

const root = resolve(import.meta.dir, '../..')

export interface ServiceOptions {
  /** Address of the provider, and what it asks for. */
  provider: { url: string; authorization: string }
  pubsub: Resource
  /** Of the other sidecars, so that they find it. */
  home: string
}

/** The payments service, in a process of its own, beside a sidecar of its own; its database is below `folder`. */
export interface ServiceProcess extends Server {
  sidecar: Daprd
  folder: string
  /** Resolves when its sidecar delivers to it. */
  subscribed(): Promise<void>
}

export async function startService({ provider, pubsub, home }: ServiceOptions): Promise<ServiceProcess> {
  await using cleanup = new AsyncDisposableStack()
  const { path } = cleanup.use(await temporaryFolder())
  const folder = join(path, 'database')
  await mkdir(folder)
  const secretsFile = join(path, 'secrets.json')
  const secrets = {
    'payments-database': `file:${join(folder, 'payments.db')}`,
    'card-vault-keys': newKeys(),
    'payment-provider-key': provider.authorization,
  }
  await Bun.write(secretsFile, JSON.stringify(secrets))

  const [port = 0] = await freePorts(1)
  const sidecar = cleanup.use(
    await daprd({
      ...{ app: { port }, appId: 'payments', home, waitFor: 'outbound' },
      healthCheck: { intervalSeconds: 1, threshold: 1 },
      resources: [
        component('secrets', 'secretstores.local.file', { secretsFile }),
        withSecret(component('card-vault', 'crypto.dapr.jwks'), 'jwks', 'card-vault-keys'),
        withSecret(
          component('payment-provider', 'bindings.http', {
            url: provider.url,
            securityTokenHeader: 'Authorization',
          }),
          'securityToken',
          'payment-provider-key',
        ),
        pubsub,
      ],
    }),
  )
  const server = cleanup.use(
    await startServer({
      name: 'payments',
      command: () => [process.execPath, join(root, 'services/payments/src/main.ts')],
      ready: () => isHealthy(port),
      env: {
        APP_ID: 'payments',
        APP_PORT: `${port}`,
        APP_API_TOKEN: sidecar.appToken,
        DAPR_HTTP_ENDPOINT: sidecar.endpoint,
        DAPR_API_TOKEN: sidecar.apiToken,
        SEED_DIR: join(root, 'data/northwind'),
      },
    }),
  )
  const kept = cleanup.move()
  return {
    ...server,
    ...{ sidecar, folder },
    subscribed: () => untilSubscribed(sidecar),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function newKeys(): string {
  const k = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  return JSON.stringify({ keys: [{ kty: 'oct', kid: 'cards', alg: 'A256KW', use: 'enc', k }] })
}

/** As the YAML of a set has it: what is secret comes from the secret store. */
function withSecret(resource: Resource, name: string, secret: string): Resource {
  const spec = resource.spec as { metadata: unknown[] }
  const entry = { name, secretKeyRef: { name: secret, key: secret } }
  return {
    ...resource,
    spec: { ...spec, metadata: [...spec.metadata, entry] },
    auth: { secretStore: 'secrets' },
  }
}

async function isHealthy(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined)
  return answer?.ok ?? false
}

async function untilSubscribed(sidecar: Daprd): Promise<void> {
  await eventually(
    async () => {
      const answer = await sidecar.request('/v1.0/metadata')
      const { subscriptions = [] } = (await answer.json()) as { subscriptions?: { topic: string }[] }
      return subscriptions.some(({ topic }) => topic === 'orders') || undefined
    },
    { what: 'a subscription to orders' },
  )
}
