import type { Obtained } from '../../../dapr/install/obtain.ts'
import { assertComponents } from '../../check/components/check-components.ts'
import { loadTopology, type Service } from '../../topology/load.ts'
import { buildable, buildName } from '../builds/build-service.ts'
import { type Builds, buildStep, type Skipped, startBuilds } from '../builds/build-step.ts'
import {
  checkGiven,
  type Infrastructure,
  infrastructureOf,
  prepareSecurity,
  startServers,
} from '../infrastructure/infrastructure.ts'
import { obtainBinaries } from '../infrastructure/obtain-binaries.ts'
import { obtainPrograms, type Programs } from '../infrastructure/obtain-programs.ts'
import { writeShellEnvironment } from '../infrastructure/shell-environment.ts'
import { chooseLogs } from '../logs/choose-logs.ts'
import { rotateLogs } from '../logs/log-files.ts'
import { say } from '../logs/say.ts'
import { streamLogs } from '../logs/stream-logs.ts'
import { sidecarName } from '../processes/part.ts'
import { aborted } from '../session/ending.ts'
import type { Instance } from '../session/instance.ts'
import { runSession, type Session } from '../session/session.ts'
import { assertKnown, defaultLogs, edgeUrl } from './choices.ts'
import { explainFailure } from './component-failure.ts'
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
  const services = buildable((await loadTopology(instance.root)).services)
  await assertComponents(instance.root, instance.set)
  const infrastructure = infrastructureOf(instance)
  assertKnown(options.inspect?.app, apps)
  const parts = [
    ...apps.flatMap(({ id }) => [id, sidecarName(id)]),
    ...infrastructure.servers.map(({ name }) => name),
    ...services.map(({ name }) => buildName(name)),
  ]
  const shown = chooseLogs(options.logs.length > 0 ? options.logs : defaultLogs(apps), parts)
  const url = edgeUrl(apps)
  await runSession({ instance, command, url }, async session => {
    const { running, security } = await bringUp(session, {
      apps,
      services,
      infrastructure,
      parts,
      options,
      url,
    })
    const { ending, logs, supervisor } = session
    const signal = ending.end
    watchHealth(running, { security, signal }, reportSilence(say))
    // who edits a service breaks it for as long as it takes; its sidecar stays
    if (!options.watch) refreshSidecars(running, { supervisor, logs, signal, report: say })
    streamLogs(shown, { logs, parts, signal })
    await Promise.race([supervisor.failed, aborted(ending.end)])
  })
}

interface Plan {
  apps: RunApp[]
  /** Those that have to be built. */
  services: Service[]
  infrastructure: Infrastructure
  parts: string[]
  options: RunShopOptions
  url: string
}

async function bringUp(
  session: Session,
  { apps, services, infrastructure, parts, options, url }: Plan,
): Promise<{ running: RunApp[]; security: Security | undefined }> {
  const { instance, supervisor, logs, ending } = session
  const { servers } = infrastructure
  const { inspect } = options
  const inTime = <T>(work: Promise<T>) =>
    step(() =>
      Promise.race([work, supervisor.failed, aborted(ending.end)]).catch(error => {
        throw explainFailure(error, instance)
      }),
    )
  let paths: Obtained['paths']
  let programs: Programs
  let security: Security | undefined
  let builds: Builds
  let answering: Map<string, Promise<void>>
  let products = 0
  let running = apps
  const skipped: Skipped[] = []

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
          await checkGiven(infrastructure, ending.end)
          // not before: a start that fails here must not push out the logs of the run that it may have failed by
          rotateLogs(instance.logDir, parts)
          builds = startBuilds(services, { instance, logs, signal: ending.end })
        }),
    },
    {
      title: 'Dapr and what the components need',
      task: async (_, task) => {
        const report = (line: string) => {
          task.output = line
        }
        const options = { instance, announce: say, report, signal: ending.end }
        paths = (await inTime(obtainBinaries(binaries, options))).paths
        programs = await inTime(obtainPrograms(servers, paths, options))
      },
    },
    {
      title: 'Secrets and certificates',
      task: async () => {
        security = await inTime(
          prepareSecurity({ instance, infrastructure, paths, supervisor, signal: ending.end }),
        )
        writeShellEnvironment({ instance, paths, security })
      },
    },
    // before anything starts that would wait for them in vain; they have run since the beginning
    buildStep({
      ...{ services, builds: () => builds, inTime },
      onSkipped: each => {
        skipped.push(each)
        running = running.filter(({ id }) => id !== each.name)
      },
    }),
    {
      title: 'Infrastructure',
      task: (_, task) => {
        answering = startServers(infrastructure, { programs, supervisor, signal: ending.end })
        // an app comes up while Dapr does, and waits for its sidecar
        for (const app of running) begin(appPart(app, { security, ...appMode(app, options) }))
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
        for (const app of running) begin(sidecarPart(app, { daprd: paths.daprd, instance, security }))
        return task.newListr(
          running.map(app => ({
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
  printPlaces({ instance, apps: running, skipped, url })
  return { running, security }

  /** Its failure is the supervisor's, and seen there. */
  function begin(part: Parameters<typeof supervisor.start>[0]): void {
    supervisor.start(part).catch(() => {})
  }
}

function appMode({ id }: RunApp, { watch = false, inspect }: RunShopOptions) {
  return { watch, inspect: inspect?.app === id ? inspect.port : undefined }
}
