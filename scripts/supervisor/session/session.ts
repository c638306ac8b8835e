import { type Logs, openLogs } from '../logs/log-files.ts'
import { say } from '../logs/say.ts'
import { createSupervisor, type Supervisor } from '../processes/supervisor.ts'
import { Ended, type EndingSignals, endingSignals } from './ending.ts'
import type { Instance } from './instance.ts'
import { writeRunRecord } from './run-record.ts'
import { takeOverOrFail } from './take-over.ts'

/** One run of the shop, in charge of its home until it ends. */
export interface Session {
  instance: Instance
  supervisor: Supervisor
  logs: Logs
  ending: EndingSignals
}

export interface SessionOptions {
  instance: Instance
  /** start, dev or infra. */
  command: string
  url: string | null
}

/**
 * Takes charge, ends what a killed starter left, runs `body`, and whatever happens then ends every part and removes
 * the run's files. A signal from outside is an orderly end.
 * @throws ShopError when the shop is running already, and whatever `body` throws
 */
export async function runSession(
  options: SessionOptions,
  body: (session: Session) => Promise<void>,
): Promise<void> {
  const { instance, command, url } = options
  using ending = endingSignals(say)
  const charge = await takeOverOrFail(instance)
  const logs = openLogs(instance.logDir)
  const supervisor = createSupervisor({ runDir: instance.runDir, logs, report: say })
  try {
    if (charge.ended.length > 0) {
      say(
        `ended what a killed start had left: ${charge.ended.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`,
      )
    }
    writeRunRecord(instance.runDir, { command, url })
    await body({ instance, supervisor, logs, ending })
  } catch (error) {
    if (!(ending.end.aborted && isEnd(error))) throw error
  } finally {
    const started = performance.now()
    try {
      await supervisor.stop({
        hurry: ending.hurry,
        killed: name => say(`${name} did not end in time: killed`),
      })
    } finally {
      charge.release()
    }
    if (ending.end.aborted)
      say(`stopped in ${((performance.now() - started) / 1000).toFixed(1)} s; the data stays`)
  }
}

/** Listr wraps nothing, but a step that is cut off may fail by what it was waiting for. */
function isEnd(error: unknown): boolean {
  return (
    error instanceof Ended || (error instanceof Error && ['AbortError', 'ShopError'].includes(error.name))
  )
}
