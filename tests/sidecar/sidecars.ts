import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readComponentTypes } from '../../dapr/install/component-types.ts'
import { type Binary, obtain } from '../../dapr/install/obtain.ts'
import { type Sidecar, sidecar, waitForSidecar } from '../../packages/elysia-dapr/src/index.ts'

const root = resolve(import.meta.dir, '../..')

/** Longest time for a test file to obtain Dapr, which a fresh machine has to build, in milliseconds. */
export const obtainTimeout = 20 * 60_000

/** Obtains what the tests of a file run on. Use it in `beforeAll`, with `obtainTimeout`. */
export async function obtainDapr<Wanted extends Binary>(
  ...wanted: Wanted[]
): Promise<Record<Wanted, string>> {
  const components = await readComponentTypes(root)
  return (await obtain(wanted, { components, report: () => undefined })).paths
}

export interface Sidecars extends AsyncDisposable {
  /** A daprd of the embedded set, without mTLS, that takes calls; it delivers to `app` when there is one. */
  start(appId: string, app?: ListeningApp): Promise<Sidecar>
}

/** An Elysia app that listens on 127.0.0.1. */
export interface ListeningApp {
  server: { port?: number | undefined } | null
}

export interface SidecarsOptions {
  binaries: { daprd: string; 'nats-server'?: string }
  secrets?: Record<string, string>
}

/**
 * A home for sidecars: a temporary folder with its own data and secrets, and a broker when its binary is given.
 * At the end of the scope every process has ended and the folder is gone.
 */
export async function temporarySidecars({ binaries, secrets = {} }: SidecarsOptions): Promise<Sidecars> {
  await using cleanup = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'sidecars-'))
  cleanup.defer(() => rm(home, { recursive: true, force: true }))
  for (const folder of ['data', 'run']) await mkdir(join(home, '.local', folder), { recursive: true })

  const processes = cleanup.use(new AsyncDisposableStack())

  /** Starts a process; the latest is ended first, and all before the folder goes. */
  function run(command: string[], env: Record<string, string> = {}) {
    const log = Bun.file(join(home, `${crypto.randomUUID()}.log`))
    const child = Bun.spawn(command, { cwd: home, env: { ...process.env, ...env }, stdout: log, stderr: log })
    processes.defer(async () => {
      child.kill('SIGTERM')
      await child.exited
    })
    return { child, log }
  }

  const apiToken = crypto.randomUUID()
  const [brokerPort = 0] = freePorts(1)
  if (binaries['nats-server']) {
    await Bun.write(join(home, 'broker.conf'), brokerConfiguration(brokerPort, home))
    run([binaries['nats-server'], '--config', join(home, 'broker.conf')])
    await listening(brokerPort)
  }
  const all = { 'broker-url': `tcp://shop:${password}@127.0.0.1:${brokerPort}`, ...secrets }
  await Bun.write(join(home, '.local/run/secrets.json'), JSON.stringify(all), { mode: 0o600 })

  async function start(appId: string, app?: ListeningApp): Promise<Sidecar> {
    const [http, grpc, internal, metrics] = freePorts(4)
    const { child, log } = run(
      [
        binaries.daprd,
        ...['--app-id', appId, '--config', join(root, 'dapr/configuration/insecure.yaml')],
        ...['--resources-path', join(root, 'components/embedded')],
        ...['--resources-path', join(root, 'dapr/resiliency')],
        ...['--dapr-http-port', `${http}`, '--dapr-grpc-port', `${grpc}`],
        ...['--dapr-internal-grpc-port', `${internal}`, '--metrics-port', `${metrics}`],
        ...['--dapr-listen-addresses', '127.0.0.1', '--dapr-internal-grpc-listen-address', '127.0.0.1'],
        ...['--metrics-listen-address', '127.0.0.1', '--dapr-graceful-shutdown-seconds', '1'],
        ...['--placement-host-address', '', '--scheduler-host-address', ''],
        ...(app ? ['--app-port', `${app.server?.port}`] : []),
      ],
      { DAPR_API_TOKEN: apiToken, APP_API_TOKEN: apiToken },
    )
    const target = sidecar({ endpoint: `http://127.0.0.1:${http}`, apiToken })
    const ended = new AbortController()
    void child.exited.then(() => ended.abort())
    await waitForSidecar(target, { timeout: 30_000, signal: ended.signal }).catch(async cause => {
      throw new Error(`daprd of ${appId} did not start:\n${(await log.text()).slice(-2_000)}`, { cause })
    })
    return target
  }

  const kept = cleanup.move()
  return { start, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const password = crypto.randomUUID()

function brokerConfiguration(port: number, home: string): string {
  return `server_name: test
listen: "127.0.0.1:-1"
jetstream { store_dir: ${JSON.stringify(join(home, 'broker'))} }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "30s" }
authorization { user: shop, password: ${JSON.stringify(password)} }
`
}

async function listening(port: number): Promise<void> {
  while (true) {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    const isOpen = await promise
    socket.destroy()
    if (isOpen) return
    await Bun.sleep(20)
  }
}

/** Ports that nothing listens on; all are held until the last is found, so that they differ. */
function freePorts(count: number): number[] {
  const held = Array.from({ length: count }, () =>
    Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() }),
  )
  const ports = held.map(({ port }) => port ?? 0)
  for (const server of held) server.stop(true)
  return ports
}

/** Until there is a value; the test's own time-out is the bound. */
export async function eventually<T>(read: () => T | undefined | Promise<T | undefined>): Promise<T> {
  while (true) {
    const value = await read()
    if (value !== undefined) return value
    await Bun.sleep(20)
  }
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    value => {
      throw new Error(`resolved with ${JSON.stringify(value)}`)
    },
    error => error,
  )
}
