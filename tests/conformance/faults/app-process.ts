import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../../packages/elysia-dapr/src/testing/folder.ts'
import { freePorts } from '../../../packages/elysia-dapr/src/testing/ports.ts'
import { type Process, startProcess } from '../../../packages/elysia-dapr/src/testing/process.ts'
import { listens } from '../server.ts'

export interface AppProcess extends AsyncDisposable {
  readonly port: number
  /** Starts it; a token that is given holds for the later starts too. */
  start(appToken?: string): Promise<void>
  /** Sends a signal; waits for its end unless the signal is SIGUSR1, which makes it unhealthy, or healthy again. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** `begin <id>` and `end <id>` of every event, in their order, over all starts. */
  ledger(): Promise<string[]>
  /** The ids of the events whose handler has begun, as often as it has. */
  begun(): Promise<string[]>
  /** The ids of those whose handler has ended. */
  handled(): Promise<string[]>
}

export interface AppProcessOptions {
  /** How long a handler takes, in milliseconds. @default 2 */
  handlingMs?: number
  deadLetters?: boolean
  /** Whether daprd delivers many events at a time. */
  bulk?: boolean
  appToken?: string
}

const startTimeout = 60_000

/** `app.ts` in a process of its own, which always listens on the same port. */
export async function appProcess(options: AppProcessOptions = {}): Promise<AppProcess> {
  const { handlingMs = 2, deadLetters = false, bulk = false } = options
  await using cleanup = new AsyncDisposableStack()
  const folder = cleanup.use(await temporaryFolder())
  const file = join(folder.path, 'ledger')
  await Bun.write(file, '')
  const [port = 0] = await freePorts(1)
  let token = options.appToken ?? ''
  let running: Process | undefined
  cleanup.defer(() => running?.end())

  async function start(appToken = token): Promise<void> {
    token = appToken
    const env = {
      ...process.env,
      PORT: `${port}`,
      LEDGER: file,
      HANDLING_MS: `${handlingMs}`,
      APP_API_TOKEN: token,
      DEAD_LETTERS: deadLetters ? 'yes' : 'no',
      BULK: bulk ? 'yes' : 'no',
    }
    const command = [process.execPath, join(import.meta.dir, 'app.ts')]
    const started = await startProcess(command, { cwd: folder.path, env, log: join(folder.path, 'app.log') })
    running = started
    let end: string | undefined
    void started.ended.then(how => {
      end = how
    })
    const deadline = performance.now() + startTimeout
    while (!(await listens(port))) {
      const failure = end ?? (performance.now() > deadline ? 'not listening in time' : undefined)
      if (failure) throw new Error(`the app: ${failure}\n${started.log()}`)
      await Bun.sleep(10)
    }
  }

  async function ledger(): Promise<string[]> {
    return (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  }

  async function idsOf(phase: 'begin' | 'end'): Promise<string[]> {
    const lines = (await ledger()).filter(line => line.startsWith(`${phase} `))
    return lines.map(line => line.slice(phase.length + 1))
  }

  await start()
  const kept = cleanup.move()
  return {
    port,
    start,
    kill: async (signal = 'SIGKILL') => await running?.kill(signal),
    ledger,
    begun: () => idsOf('begin'),
    handled: () => idsOf('end'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
