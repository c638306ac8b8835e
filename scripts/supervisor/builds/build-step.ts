import type { Service } from '../../topology/load.ts'
import type { Step } from '../shop/run-steps.ts'
import { type BuildOptions, buildService } from './build-service.ts'

/** For each service that has to be built: why it is skipped, or undefined once it can run. Rejects when it fails. */
export type Builds = Map<string, Promise<string | undefined>>

/** A service that does not run here. */
export interface Skipped {
  name: string
  /** What is missing, and what the shop lacks. */
  why: string
}

/** Builds the services side by side, and beside whatever else a start has to do. */
export function startBuilds(services: Service[], options: BuildOptions): Builds {
  return new Map(
    services.map(service => {
      const build = buildService(service, options)
      // awaited later, by name; until then it may fail unseen
      build.catch(() => {})
      return [service.name, build]
    }),
  )
}

export interface BuildStepOptions {
  services: Service[]
  builds: () => Builds
  /** Makes an error or the end of the run that of the step. */
  inTime: <T>(work: Promise<T>) => Promise<T>
  onSkipped: (skipped: Skipped) => void
}

/** The step in which all builds have to end. */
export function buildStep({ services, builds, inTime, onSkipped }: BuildStepOptions): Step {
  return {
    title: 'Services to build',
    enabled: services.length > 0,
    task: (_, task) =>
      task.newListr(
        services.map(({ name }) => ({
          title: name,
          task: async (_, task) => {
            const why = await inTime(builds().get(name) ?? Promise.resolve(undefined))
            if (why === undefined) return
            task.title = `${name}: skipped`
            onSkipped({ name, why })
          },
        })),
        { concurrent: true },
      ),
  }
}

/** For the end of a start, where it is read. */
export function skippedLine({ name, why }: Skipped): string {
  return `${name} is skipped: ${why}`
}
