import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TemporaryFolder, temporaryFolder } from '../../packages/elysia-dapr/src/testing/folder.ts'
import { type Process, startProcess } from '../../packages/elysia-dapr/src/testing/process.ts'

/** A server that the suite runs, with a folder of its own. */
export interface Server extends AsyncDisposable {
  log(): string
  /** Sends a signal, and waits for the end of the server if the signal ends it. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again with the same ports and data; ends it before when it runs. */
  restart(): Promise<void>
}

export interface ServerOptions {
  name: string
  command: (folder: string) => string[] | Promise<string[]>
  /** Whether it takes calls. */
  ready: () => Promise<boolean>
  env?: Record<string, string>
}

/** @throws Error with the end of its log when it ends before it takes calls, or takes none within a minute */
export async function startServer({ name, command, ready, env = {} }: ServerOptions): Promise<Server> {
  await using cleanup = new AsyncDisposableStack()
  const folder: TemporaryFolder = cleanup.use(await temporaryFolder())
  const data = join(folder.path, 'data')
  await mkdir(data)
  const arguments_ = await command(data)
  let running: Process | undefined
  cleanup.defer(() => running?.end())

  async function run(): Promise<Process> {
    const log = join(folder.path, 'server.log')
    const started = await startProcess(arguments_, { cwd: data, env: { ...process.env, ...env }, log })
    running = started
    let end: string | undefined
    void started.ended.then(how => {
      end = how
    })
    const deadline = performance.now() + startTimeout
    while (!(await ready())) {
      const failure = end ?? (performance.now() > deadline ? 'not ready in time' : undefined)
      if (failure) throw new Error(`${name}: ${failure}\n${started.log().slice(-2_000)}`)
      await Bun.sleep(20)
    }
    return started
  }

  let current = await run()
  const kept = cleanup.move()
  return {
    log: () => current.log(),
    kill: signal => current.kill(signal),
    async restart() {
      await current.end()
      current = await run()
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

const startTimeout = 60_000

/** Whether something accepts connections on a port of 127.0.0.1. */
export async function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
  const isOpen = await promise
  socket.destroy()
  return isOpen
}
