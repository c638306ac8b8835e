import type { Obtained } from '../../../dapr/install/obtain.ts'
import {
  type Infrastructure,
  infrastructureOf,
  prepareSecurity,
  startServers,
} from '../infrastructure/infrastructure.ts'
import { obtainBinaries } from '../infrastructure/obtain-binaries.ts'
import { writeShellEnvironment } from '../infrastructure/shell-environment.ts'
import { chooseLogs } from '../logs/choose-logs.ts'
import { rotateLogs } from '../logs/log-files.ts'
import { say } from '../logs/say.ts'
import { streamLogs } from '../logs/stream-logs.ts'
import { sidecarName } from '../processes/part.ts'
import { aborted } from '../session/ending.ts'
import { edgeApp, type Instance } from '../session/instance.ts'
import { runSession, type Session } from '../session/session.ts'
import { ShopError } from '../shop-error.ts'
import { countProducts, printPlaces } from './places.ts'
import { assertPortsFree } from './ports.ts'
import { refreshSidecars } from './refresh-sidecars.ts'
import { runSteps, step } from './run-steps.ts'
import { type RunApp, readRunFile } from './runfile.ts'
import { watchHealth } from './service-health.ts'
import { appPart, portsOfApp, type Security, sidecarPart } from './service-parts.ts'
import { reportSilence, untilAnswers } from './watch-services.ts'

export interface RunShopOptions {
  instance: Instance
  command: 'start' | 'dev'
  /** Names given with --logs; none means all apps on a terminal, nothing elsewhere. */
  logs: string[]
  /** Restart an app when its source changes. */
  watch?: boolean
  /** The app that a debugger attaches to, and where. */
  inspect?: { app: string; port: number } | undefined
}

/** Brings up the shop and keeps it running until a signal ends it, or a part that keeps dying. */
export async function runShop(options: RunShopOptions): Promise<void> {
  const { instance, command } = options
  const apps = await readRunFile(instance)
  const infrastructure = infrastructureOf(instance)
  assertKnown(options.inspect?.app, apps)
  const parts = [
    ...apps.flatMap(({ id }) => [id, sidecarName(id)]),
    ...infrastructure.servers.map(({ name }) => name),
  ]
  const shown = chooseLogs(options.logs.length > 0 ? options.logs : defaultLogs(apps), parts)
  const url = edgeUrl(apps)
  await runSession({ instance, command, url }, async session => {
    const security = await bringUp(session, { apps, infrastructure, parts, options, url })
    const { ending, logs, supervisor } = session
    const signal = ending.end
    watchHealth(apps, { security, signal }, reportSilence(say))
    // who edits a service breaks it for as long as it takes; its sidecar stays
    if (!options.watch) refreshSidecars(apps, { supervisor, logs, signal, report: say })
    streamLogs(shown, { logs, parts, signal })
    await Promise.race([supervisor.failed, aborted(ending.end)])
  })
}

interface Plan {
  apps: RunApp[]
  infrastructure: Infrastructure
  parts: string[]
  options: RunShopOptions
  url: string
}

async function bringUp(
  session: Session,
  { apps, infrastructure, parts, options, url }: Plan,
): Promise<Security | undefined> {
  const { instance, supervisor, logs, ending } = session
  const { servers } = infrastructure
  const { inspect } = options
  const inTime = <T>(work: Promise<T>) =>
    step(() => Promise.race([work, supervisor.failed, aborted(ending.end)]))
  let paths: Obtained['paths']
  let security: Security | undefined
  let answering: Map<string, Promise<void>>
  let products = 0

  const binaries = [...infrastructure.binaries, 'daprd' as const]
  await runSteps([
    {
      title: 'Ports',
      task: () =>
        step(async () => {
          await assertPortsFree(
            [
              ...servers.flatMap(({ ports }) => ports),
              ...apps.flatMap(portsOfApp),
              ...(inspect ? [{ port: inspect.port, use: `debugger of ${inspect.app}` }] : []),
            ],
            instance,
          )
          // not before: a start that fails here must not push out the logs of the run that it may have failed by
          rotateLogs(instance.logDir, parts)
        }),
    },
    {
      title: 'Dapr and the broker',
      task: async (_, task) => {
        const report = (line: string) => {
          task.output = line
        }
        paths = (
          await inTime(obtainBinaries(binaries, { instance, announce: say, report, signal: ending.end }))
        ).paths
      },
    },
    {
      title: 'Secrets and certificates',
      task: async () => {
        security = await inTime(prepareSecurity({ instance, servers, paths, supervisor, signal: ending.end }))
        writeShellEnvironment({ instance, paths, security })
      },
    },
    {
      title: 'Infrastructure',
      task: (_, task) => {
        answering = startServers(servers, paths, supervisor)
        // an app comes up while Dapr does, and waits for its sidecar
        for (const app of apps) begin(appPart(app, { security, ...appMode(app, options) }))
        return task.newListr(
          servers.map(({ name }) => ({
            title: name,
            task: () => inTime(answering.get(name) ?? Promise.resolve()),
          })),
          { concurrent: true },
        )
      },
    },
    {
      title: 'Services, each through its sidecar',
      task: (_, task) => {
        for (const app of apps) begin(sidecarPart(app, { daprd: paths.daprd, instance, security }))
        return task.newListr(
          apps.map(app => ({
            title: app.id,
            task: () =>
              inTime(untilAnswers(app, security, { logs, supervisor, signal: ending.end, report: say })),
          })),
          { concurrent: true },
        )
      },
    },
    {
      title: 'Catalogue',
      task: async (_, task) => {
        products = await inTime(countProducts(url, ending.end))
        task.title = `Catalogue: ${products} products`
      },
    },
  ])
  printPlaces({ instance, apps, url })
  return security

  /** Its failure is the supervisor's, and seen there. */
  function begin(part: Parameters<typeof supervisor.start>[0]): void {
    supervisor.start(part).catch(() => {})
  }
}

function appMode({ id }: RunApp, { watch = false, inspect }: RunShopOptions) {
  return { watch, inspect: inspect?.app === id ? inspect.port : undefined }
}

function assertKnown(inspected: string | undefined, apps: RunApp[]): void {
  if (inspected === undefined || apps.some(({ id }) => id === inspected)) return
  throw new ShopError(
    `There is no service '${inspected}' to debug. Use --inspect with one of: ${apps.map(({ id }) => id).join(', ')}.`,
  )
}

function edgeUrl(apps: RunApp[]): string {
  const edge = apps.find(({ id }) => id === edgeApp) ?? apps[0]
  return `http://127.0.0.1:${edge?.appPort}`
}

function defaultLogs(apps: RunApp[]): string[] {
  return process.stdout.isTTY ? apps.map(({ id }) => id) : ['none']
}
