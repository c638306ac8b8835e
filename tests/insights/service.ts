import { join } from 'node:path'
import { getMetadata } from '../../packages/elysia-dapr/src/index.ts'
import { type Daprd, temporaryFolder } from '../../packages/elysia-dapr/src/testing/index.ts'
import { freePorts } from '../../packages/elysia-dapr/src/testing/ports.ts'
import { type Process, startProcess } from '../../packages/elysia-dapr/src/testing/process.ts'
import { component, type Resource } from '../../packages/elysia-dapr/src/testing/resources.ts'
import { daprd, eventually } from '../conformance/environment.ts'
import { root } from './python.ts'

/** The real service beside a real sidecar. */
export interface Insights extends AsyncDisposable {
  readonly sidecar: Daprd
  readonly url: string
  /** Path of its database. */
  readonly database: string
  /** Sends a request to the service itself, as its sidecar does. */
  request(path: string, init?: RequestInit): Promise<Response>
  log(): string
  kill(signal?: NodeJS.Signals): Promise<void>
  /** How it ended, as in `code 0`. */
  ended(): Promise<string>
  /** Starts it again, on the same port and database. */
  start(): Promise<void>
}

export interface InsightsOptions {
  python: string
  /** Folder of all that the two write, and of the names of the sidecars. */
  home: string
  resources: Resource[]
}

/** Each waits for the other. */
export async function startInsights({ python, home, resources }: InsightsOptions): Promise<Insights> {
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await temporaryFolder())
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const database = join(folder.path, 'data/insights.db')
  const secrets = join(folder.path, 'secrets.json')
  await Bun.write(secrets, JSON.stringify({ 'insights-database': `file:${database}` }))
  let running: Process | undefined
  cleanup.defer(() => running?.end())

  async function run({ endpoint, apiToken, appToken }: Daprd): Promise<void> {
    const env = {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      APP_ID: 'insights',
      APP_PORT: `${port}`,
      APP_API_TOKEN: appToken,
      DAPR_API_TOKEN: apiToken,
      DAPR_HTTP_ENDPOINT: endpoint,
    }
    const log = join(folder.path, 'insights.log')
    running = await startProcess([python, '-m', 'insights'], { cwd: root, env, log })
  }

  const sidecar = cleanup.use(
    await daprd({
      appId: 'insights',
      home,
      app: { port },
      waitFor: 'outbound',
      resources: [component('secrets', 'secretstores.local.file', { secretsFile: secrets }), ...resources],
      healthCheck: { intervalSeconds: 1, timeoutMs: 1_000, threshold: 2 },
    }),
  )

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('dapr-api-token', sidecar.appToken)
    return await fetch(`${url}${path}`, { ...init, headers })
  }

  async function start(): Promise<void> {
    await run(sidecar)
    const asked = await eventually(async () => {
      if (running && (await hasEnded(running))) throw new Error(`insights has ended:\n${running.log()}`)
      const answer = await request('/dapr/subscribe').catch(() => undefined)
      return answer?.ok ? ((await answer.json()) as unknown[]) : undefined
    })
    await eventually(async () => {
      const { subscriptions } = await getMetadata(sidecar)
      return subscriptions?.length === asked.length || undefined
    })
  }

  await start()
  const kept = cleanup.move()
  return {
    sidecar,
    url,
    database,
    request,
    log: () => running?.log() ?? '',
    kill: async signal => await running?.kill(signal),
    ended: async () => (await running?.ended) ?? 'never started',
    start,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function hasEnded({ ended }: Process): Promise<boolean> {
  return await Promise.race([ended.then(() => true), Bun.sleep(0).then(() => false)])
}
