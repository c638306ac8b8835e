import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../../../dapr/install/lock.ts'
import type { Service } from '../../topology/load.ts'
import type { Logs } from '../logs/log-files.ts'
import { signal as signalTo } from '../processes/drain.ts'
import { appEnv } from '../processes/environment.ts'
import { spawnPart } from '../processes/spawn-part.ts'
import type { Instance } from '../session/instance.ts'
import { writing } from '../session/writing.ts'
import { ShopError } from '../shop-error.ts'
import { toolchainOf } from './toolchains.ts'

export interface BuildOptions {
  instance: Pick<Instance, 'root' | 'runDir'>
  logs: Logs
  /** Ends a build that is under way. */
  signal: AbortSignal
  /** @default the starter's own */
  env?: Record<string, string>
}

/** Those that have to be built before they run, or that this machine may be unable to. */
export function buildable(services: Service[]): Service[] {
  return services.filter(({ language, build }) => language !== 'typescript' || build.length > 0)
}

/** Also the name of its log. */
export function buildName(service: string): string {
  return `${service}.build`
}

/**
 * Runs the `build` of a service, one at a time for each checkout. Its output goes to the log.
 * @returns why the service is skipped and what the shop lacks without it; undefined when it can run
 * @throws ShopError with the last lines of a build that failed
 */
export async function buildService(service: Service, options: BuildOptions): Promise<string | undefined> {
  const { instance, logs, signal, env = appEnv() } = options
  const { name, build, without } = service
  const toolchain = await toolchainOf(service, { root: instance.root, env })
  const lack = toolchain?.lack ?? lackOfProgram(build[0], env)
  if (lack !== undefined) {
    const skipped = without === '' ? lack : `${lack}; ${without}`
    note(`skipped: ${skipped}`)
    return skipped
  }
  if (build.length === 0) return undefined
  const folder = join(instance.root, '.local/build')
  writing(folder, () => mkdirSync(folder, { recursive: true }))
  const waiting = () => note('another start is building it: waiting for that')
  await withLock(join(folder, `${buildName(name)}.lock`), { signal, waiting }, async () => {
    signal.throwIfAborted()
    await runBuild(service, { ...options, env })
  })
  return undefined

  function note(line: string): void {
    appendFileSync(logs.fileOf(buildName(name)), `${line}\n`)
  }
}

async function runBuild(
  { name, build }: Service,
  { instance, logs, signal, env }: BuildOptions & { env: Record<string, string> },
): Promise<void> {
  const part = buildName(name)
  const logFile = logs.fileOf(part)
  const [program = '', ...args] = build
  const command = [program === 'bun' ? process.execPath : program, ...args]
  // written down like a part, so that the next start ends what a killed one leaves
  const child = spawnPart(
    { name: part, role: 'infrastructure', command, cwd: instance.root, env, answers: async () => false },
    { runDir: instance.runDir, logFile },
  )
  const abort = () => signalTo(-child.pid, 'SIGKILL')
  signal.addEventListener('abort', abort)
  try {
    await child.exited
  } finally {
    signal.removeEventListener('abort', abort)
  }
  signal.throwIfAborted()
  if (child.exitCode === 0) return
  const end = child.signalCode ?? `exit code ${child.exitCode}`
  throw new ShopError(
    `${name} cannot be built: ${build.join(' ')} ended with ${end}. Its last lines:\n${logs.lastLines(part)}\n(${logFile})`,
  )
}

function lackOfProgram(
  program: string | undefined,
  { PATH = '' }: Record<string, string>,
): string | undefined {
  if (program === undefined || program === 'bun' || Bun.which(program, { PATH }) !== null) return undefined
  return `${program} is not found`
}
