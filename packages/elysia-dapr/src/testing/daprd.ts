import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AnyElysia } from 'elysia'
import { type Sidecar, sidecar } from '../client/sidecar.ts'
import { type ListeningApp, runApp } from './app.ts'
import { findDaprd } from './binary.ts'
import { Cleanup } from './cleanup.ts'
import { type Command, commandOf, environmentOf, type HealthCheck, type Ports } from './command.ts'
import { temporaryFolder } from './folder.ts'
import { freePorts } from './ports.ts'
import { type Process, startProcess } from './process.ts'
import { untilReady } from './ready.ts'
import { type Resource, writeConfiguration, writeResources } from './resources.ts'

/** What daprd is started with. */
export interface DaprdOptions {
  /**
   * What daprd delivers to: an Elysia app, or the port of any other. An app that does not listen yet listens on
   * 127.0.0.1 until the end of the scope; one that does is left as it is (on Node an app does not tell that it does:
   * give its port).
   *
   * A function gets the sidecar, whose address and tokens are fixed by then but which takes no calls yet: for an app
   * that uses the sidecar, or checks its token.
   * @default none: daprd serves its clients alone
   */
  app?: AnyElysia | ListeningApp | ((sidecar: Daprd) => AnyElysia | Promise<AnyElysia>)
  /** @default `app` */
  appId?: string
  /** Resources as objects, files, or folders of files. @default none */
  resources?: (Resource | string)[]
  /** The `spec` of a Configuration, or the path of one. @default sidecars of one `home` find each other */
  configuration?: Record<string, unknown> | string
  /** Path of daprd. @default `DAPRD_PATH`, else what `dapr init` has installed, else the first on the PATH */
  binary?: string
  /**
   * Directory that daprd runs in, which relative paths of components go by. Sidecars with the same one can invoke each
   * other: see `temporaryFolder`. @default a new temporary folder
   */
  home?: string
  /** Address of the placement service, `127.0.0.1:50005`. @default none: no actors and no workflows */
  placement?: string
  /** Address of the scheduler. @default none: no jobs, no reminders and no workflows */
  scheduler?: string
  /** Token that daprd asks its clients for; the result sends it. Empty: none. @default a random one */
  apiToken?: string
  /**
   * Token that daprd shows the app; what `dapr({ appToken })` has to be given. Empty: none.
   * @default `APP_API_TOKEN`, as `dapr()` has it, else a random one, which an app that has no token does not look at
   */
  appToken?: string
  /** Whether daprd probes the app's health, and delivers only while it is healthy. @default false */
  healthCheck?: boolean | HealthCheck
  /** Largest request body that daprd takes, as in `16Mi`. @default daprd's own, 4 MiB */
  maxBodySize?: string
  /** What `log()` has. @default `info` */
  logLevel?: 'info' | 'debug'
  /** Added to this process's environment, of which daprd gets no variable of Dapr or OpenTelemetry. */
  env?: Record<string, string>
  /** Further arguments of daprd. Source: https://docs.dapr.io/reference/arguments-annotations-overview/ */
  args?: string[]
  /**
   * What to wait for: `app` until daprd has asked the app for its subscriptions and delivers, `outbound` until it takes
   * calls, which needs no app that answers. @default `app`
   */
  waitFor?: 'app' | 'outbound'
  /** Longest time for a start, in milliseconds. @default 30_000 */
  startTimeout?: number
}

/** A running daprd; every function of this package takes it for its sidecar. */
export interface Daprd extends Sidecar, AsyncDisposable {
  readonly appId: string
  readonly ports: Ports
  /** Address of the gRPC API, which `startWorker` takes for its `endpoint`. */
  readonly grpcEndpoint: string
  readonly apiToken: string
  readonly appToken: string
  /** Everything that daprd has said, over all restarts. */
  log(): string
  /** Sends a signal, and waits for the end of daprd if the signal ends it. @default `SIGKILL` */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts daprd again, with the same ports, tokens and folder; ends it before when it runs. */
  restart(): Promise<void>
}

/**
 * Starts a real daprd beside an app and waits until it delivers. Every listener is on 127.0.0.1, on a free port. At
 * the end of the scope daprd has ended, the app that was started for it too, and their temporary folder is gone; they
 * go as well when the process dies.
 *
 * Runs on Bun and Node. Source: https://docs.dapr.io/reference/arguments-annotations-overview/
 *
 * @example
 * await using dapr = await daprd({ app, resources: ['components'] })
 * await publish(dapr, orderPlaced, { number: 1 })
 *
 * @throws Error with the end of daprd's log when it ends early or is not ready in time, or when there is no daprd
 */
export async function daprd(options: DaprdOptions = {}): Promise<Daprd> {
  for (let tries = 1; ; tries++) {
    const cleanup = new Cleanup()
    try {
      return await start(options, cleanup)
    } catch (error) {
      // What cannot be undone then follows from it.
      await cleanup.run().catch(() => undefined)
      // Somebody has taken a port that was free a moment ago.
      if (tries === 3 || !`${error}`.includes('address already in use')) throw error
    }
  }
}

async function start(options: DaprdOptions, cleanup: Cleanup): Promise<Daprd> {
  const {
    appId = 'app',
    resources = [],
    configuration = {},
    waitFor = 'app',
    startTimeout = 30_000,
  } = options
  const { apiToken = crypto.randomUUID(), appToken = process.env.APP_API_TOKEN ?? crypto.randomUUID() } =
    options
  const binary = options.binary ?? (await findDaprd())
  const home = options.home ? resolve(options.home) : await ownHome(cleanup)
  const folder = await mkdtemp(join(home, 'sidecar-'))
  cleanup.add(() => rm(folder, { recursive: true, force: true }))
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4)
  const ports: Ports = { http, grpc, internal, metrics }
  const client = sidecar({ endpoint: `http://127.0.0.1:${http}`, apiToken })
  const log = join(folder, 'daprd.log')
  let running: Process | undefined
  let command: Command

  async function run(): Promise<void> {
    running = await startProcess([binary, ...command.args], { cwd: home, env: command.env, log })
    const probed = options.app && options.healthCheck ? () => askApp(ports, appToken) : undefined
    await untilReady(client, running, { appId, timeout: startTimeout, waitFor, probed })
  }

  const started: Daprd = {
    ...client,
    appId,
    ports,
    grpcEndpoint: `127.0.0.1:${grpc}`,
    apiToken,
    appToken,
    log: () => running?.log() ?? '',
    kill: async signal => await running?.kill(signal),
    async restart() {
      await running?.end()
      await run()
    },
    [Symbol.asyncDispose]: () => cleanup.run(),
  }

  if (options.app) {
    const app = await runApp(typeof options.app === 'function' ? await options.app(started) : options.app)
    cleanup.add(app.stop)
    ports.app = app.port
  }
  const loaded = await writeResources(join(folder, 'resources'), resources)
  let file = join(folder, 'configuration.yaml')
  if (typeof configuration === 'string') file = resolve(configuration)
  else await writeConfiguration(file, { spec: configuration, names: join(home, 'names.db') })
  command = {
    args: commandOf(options, { appId, ports, resources: loaded, configuration: file }),
    env: environmentOf({ apiToken, appToken, env: options.env }),
  }
  cleanup.add(() => running?.end())
  await run()
  return started
}

async function ownHome(cleanup: Cleanup): Promise<string> {
  const folder = await temporaryFolder()
  cleanup.add(() => folder[Symbol.asyncDispose]())
  return folder.path
}

async function askApp({ app }: Ports, appToken: string): Promise<Response> {
  const headers = { 'dapr-api-token': appToken }
  return await fetch(`http://127.0.0.1:${app}/dapr/subscribe`, { headers })
}
