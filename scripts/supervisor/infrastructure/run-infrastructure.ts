import { join, relative } from 'node:path'
import type { Binary, Obtained } from '../../../dapr/install/obtain.ts'
import { assertComponents } from '../../check/components/check-components.ts'
import { loadTopology } from '../../topology/load.ts'
import { buildable, buildName } from '../builds/build-service.ts'
import { type Builds, buildStep, type Skipped, skippedLine, startBuilds } from '../builds/build-step.ts'
import { rotateLogs } from '../logs/log-files.ts'
import { say } from '../logs/say.ts'
import { aborted } from '../session/ending.ts'
import type { Instance } from '../session/instance.ts'
import { runSession } from '../session/session.ts'
import { assertPortsFree } from '../shop/ports.ts'
import { runSteps, step } from '../shop/run-steps.ts'
import type { Security } from '../shop/service-parts.ts'
import { ShopError } from '../shop-error.ts'
import { checkGiven, infrastructureOf, prepareSecurity, startServers } from './infrastructure.ts'
import { obtainBinaries } from './obtain-binaries.ts'
import { obtainPrograms, type Programs } from './obtain-programs.ts'
import { runFileOfSet } from './run-file-of-set.ts'
import { writeShellEnvironment } from './shell-environment.ts'

export interface RunInfrastructureOptions {
  instance: Instance
  /** Obtain the stock CLI as well. */
  cli: boolean
}

/** Brings up what `dapr run -f` needs beside it, and keeps that running until a signal ends it. */
export async function runInfrastructure({ instance, cli }: RunInfrastructureOptions): Promise<void> {
  if (instance.portOffset !== 0 || instance.home !== instance.root) {
    throw new ShopError(
      'dapr/dapr.yaml and the stock CLI have fixed ports, and run every sidecar in the repository. ' +
        'Unset SHOP_PORT_OFFSET and SHOP_HOME, or use bun start.',
    )
  }
  await assertComponents(instance.root, instance.set)
  const infrastructure = infrastructureOf(instance)
  const { servers, binaries } = infrastructure
  const wanted: Binary[] = [...binaries, 'daprd', ...(cli ? (['dapr'] as const) : [])]
  const services = buildable((await loadTopology(instance.root)).services)
  const parts = [...servers.map(({ name }) => name), ...services.map(({ name }) => buildName(name))]
  await runSession({ instance, command: 'infra', url: null }, async ({ supervisor, logs, ending }) => {
    const inTime = <T>(work: Promise<T>) =>
      step(() => Promise.race([work, supervisor.failed, aborted(ending.end)]))
    let paths: Obtained['paths']
    let programs: Programs
    let security: Security | undefined
    let builds: Builds
    let runFile = ''
    const skipped: Skipped[] = []
    await runSteps([
      {
        title: 'Ports',
        task: () =>
          step(async () => {
            await assertPortsFree(servers.flatMap(({ ports }) => ports))
            await checkGiven(infrastructure, ending.end)
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
          paths = (await inTime(obtainBinaries(wanted, options))).paths
          programs = await inTime(obtainPrograms(servers, paths, options))
        },
      },
      {
        title: 'Secrets and certificates',
        task: async () => {
          security = await inTime(
            prepareSecurity({ instance, infrastructure, paths, supervisor, signal: ending.end }),
          )
        },
      },
      {
        title: 'Infrastructure',
        task: (_, task) => {
          const answering = startServers(infrastructure, { programs, supervisor, signal: ending.end })
          return task.newListr(
            [...answering].map(([title, answer]) => ({ title, task: () => inTime(answer) })),
            { concurrent: true },
          )
        },
      },
      buildStep({ services, builds: () => builds, inTime, onSkipped: each => skipped.push(each) }),
      {
        title: 'Environment for a shell',
        task: () =>
          step(() => {
            writeShellEnvironment({ instance, paths, security })
            runFile = runFileOfSet(instance)
          }),
      },
    ])
    for (const each of skipped) say(`${skippedLine(each)}. dapr/dapr.yaml lists it all the same.`)
    const local = (path: string) => relative(instance.root, path)
    say(`In another shell, in ${instance.root}:
  source ${local(join(instance.runDir, 'env'))}   # tokens, trust anchors and the PATH, for this user's eyes alone
  dapr run -f ${local(runFile)}
Ctrl-C or 'bun run stop' ends the infrastructure.
ready in ${(performance.now() / 1000).toFixed(1)} s`)
    await Promise.race([supervisor.failed, aborted(ending.end)])
  })
}
