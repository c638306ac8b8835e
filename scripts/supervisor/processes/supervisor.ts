import { setTimeout as delay } from 'node:timers/promises'
import type { Logs } from '../logs/log-files.ts'
import { ShopError } from '../shop-error.ts'
import { type DrainOptions, drain, type Ending, signal } from './drain.ts'
import type { Part } from './part.ts'
import { type Limits, Patience } from './patience.ts'
import { spawnPart } from './spawn-part.ts'

export interface Supervisor {
  /**
   * Starts the part and keeps it running until `stop`; resolves when it answers for the first time.
   * @throws ShopError with its last log lines when it keeps dying, or does not answer in time
   */
  start: (part: Part) => Promise<void>
  /** Rejects when a part keeps dying; never resolves. */
  failed: Promise<never>
  /** The parts that are running now. */
  running: () => { name: string; pid: number }[]
  /** Kills a part that runs; it starts again like one that died. */
  kill: (name: string) => void
  /** Ends one part for good. */
  end: (name: string) => Promise<void>
  /** Ends all parts in their order. No part is started any more. */
  stop: (options?: DrainOptions) => Promise<void>
}

export interface SupervisorOptions {
  runDir: string
  logs: Logs
  /** Told what happens to the parts: deaths, restarts, recoveries. */
  report: (line: string) => void
  limits?: Limits
}

export function createSupervisor({ runDir, logs, report, limits }: SupervisorOptions): Supervisor {
  const parts = new Map<string, { part: Part; child: Bun.Subprocess }>()
  const kept = new Map<string, AbortController>()
  const stopping = new AbortController()
  const failure = Promise.withResolvers<never>()
  // whoever waits for it sees it; nobody has to
  failure.promise.catch(() => {})

  async function keep(part: Part, firstAnswer: PromiseWithResolvers<void>): Promise<void> {
    const patience = new Patience(limits)
    const ending = new AbortController()
    kept.set(part.name, ending)
    const over = AbortSignal.any([stopping.signal, ending.signal])
    for (let life = 1; !over.aborted; life++) {
      const started = performance.now()
      const child = spawnPart(part, { runDir, logFile: logs.fileOf(part.name) })
      parts.set(part.name, { part, child })
      const answered = await firstAnswerOf(part, child, patience.answerTimeout, over)
      if (answered) {
        if (life > 1) report(`${part.name} answers again after ${seconds(performance.now() - started)}`)
        firstAnswer.resolve()
      } else if (child.exitCode === null && child.signalCode === null && !over.aborted) {
        report(`${part.name} does not answer after ${seconds(patience.answerTimeout)}: killed`)
        child.kill('SIGKILL')
      }
      await child.exited
      if (over.aborted) return
      // what it started itself: it would hold ports and files that the next life needs
      signal(-child.pid, 'SIGKILL')
      parts.delete(part.name)
      const death = `${part.name} ended (${describeExit(child)})`
      const wait = patience.afterDeath({
        answered,
        at: performance.now(),
        lived: performance.now() - started,
      })
      if (wait === undefined) {
        throw new ShopError(
          `${death}, again and again. Its last log lines:\n${logs.lastLines(part.name)}\n(${logs.fileOf(part.name)})`,
        )
      }
      report(
        `${death}; starting it again${wait >= 1000 ? ` in ${seconds(wait)}` : ''}. Its last log lines:\n${logs.lastLines(part.name, 4)}`,
      )
      await delay(wait, undefined, { signal: over }).catch(() => {})
    }
  }

  return {
    failed: failure.promise,
    running: () => [...parts.values()].map(({ part, child }) => ({ name: part.name, pid: child.pid })),
    async start(part) {
      const firstAnswer = Promise.withResolvers<void>()
      keep(part, firstAnswer).then(
        () => firstAnswer.reject(new ShopError(`${part.name} was stopped before it answered`)),
        error => {
          firstAnswer.reject(error)
          failure.reject(error)
        },
      )
      await firstAnswer.promise
    },
    kill: name => parts.get(name)?.child.kill('SIGKILL'),
    async end(name) {
      kept.get(name)?.abort()
      const running = parts.get(name)
      if (running) await drain([toEnding(running)])
      parts.delete(name)
    },
    async stop(options) {
      stopping.abort()
      await drain([...parts.values()].map(toEnding), options)
      parts.clear()
    },
  }
}

function toEnding({ part, child }: { part: Part; child: Bun.Subprocess }): Ending {
  const gone = () => child.exitCode !== null || child.signalCode !== null
  return { name: part.name, role: part.role, pid: child.pid, gone }
}

/** False when the child ended, the time is over or all is being stopped. */
async function firstAnswerOf(part: Part, child: Bun.Subprocess, timeout: number, stopping: AbortSignal) {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(timeout), stopping])
  child.exited.then(() => over.abort())
  while (!signal.aborted) {
    if (await part.answers(signal)) return !over.signal.aborted
    await delay(50, undefined, { signal }).catch(() => {})
  }
  return false
}

function describeExit({ exitCode, signalCode }: Bun.Subprocess): string {
  return signalCode === null ? `exit code ${exitCode}` : String(signalCode)
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
