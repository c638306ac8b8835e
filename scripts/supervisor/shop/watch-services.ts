import { setTimeout as delay } from 'node:timers/promises'
import type { Logs } from '../logs/log-files.ts'
import { sidecarName } from '../processes/part.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import { ShopError } from '../shop-error.ts'
import type { RunApp } from './runfile.ts'
import { type HealthListener, whySilent } from './service-health.ts'
import type { Security } from './service-parts.ts'

const startTimeout = 60_000
const tellAfter = 5000

export interface UntilAnswersOptions {
  logs: Logs
  supervisor: Pick<Supervisor, 'kill'>
  signal: AbortSignal
  report: (line: string) => void
  /** How long a sidecar that is ready may lead nowhere, in milliseconds. @default 3_000 */
  lostAfter?: number
}

/**
 * A sidecar that is ready, and through which its own app does not answer, gets a second life. Now and then, about one
 * start in a hundred, daprd 1.18.2 does not find by name what is registered, and that does not pass by itself.
 * @throws ShopError with the last log lines of app and sidecar, after a minute
 */
export async function untilAnswers(
  app: RunApp,
  security: Security | undefined,
  { logs, supervisor, signal, report, lostAfter = 3000 }: UntilAnswersOptions,
): Promise<void> {
  const deadline = performance.now() + startTimeout
  let lostSince: number | undefined
  for (;;) {
    const silent = await whySilent(app, security, signal)
    if (silent === undefined) return
    if (silent.isReady === false) lostSince = undefined
    else if (silent.isReady) lostSince ??= performance.now()
    if (lostSince !== undefined && performance.now() - lostSince > lostAfter) {
      report(`${app.id}: ${silent.why}; its sidecar starts afresh`)
      supervisor.kill(sidecarName(app.id))
      lostSince = undefined
    }
    signal.throwIfAborted()
    if (performance.now() > deadline) {
      throw new ShopError(
        [
          `${app.id} does not answer through its sidecar after ${startTimeout / 1000} s: ${silent.why}`,
          `Last log lines of ${app.id}:\n${logs.lastLines(app.id)}`,
          `Last log lines of its sidecar:\n${logs.lastLines(sidecarName(app.id))}`,
        ].join('\n'),
      )
    }
    await delay(50, undefined, { signal }).catch(() => {})
  }
}

/** Says when a service that runs stops answering through its sidecar, and when it answers again. */
export function reportSilence(
  report: (line: string) => void,
  { now = () => performance.now() }: { now?: () => number } = {},
): HealthListener {
  const silent = new Map<string, { since: number; told: boolean }>()
  return ({ id }, answers) => {
    const silence = silent.get(id) ?? { since: now(), told: false }
    if (answers) {
      if (silence.told) report(`${id} answers through its sidecar again`)
      silent.delete(id)
      return
    }
    silent.set(id, silence)
    const lasted = now() - silence.since
    if (silence.told || lasted <= tellAfter) return
    report(
      `${id} has not answered through its sidecar for ${Math.round(lasted / 1000)} s (bun run logs ${id})`,
    )
    silence.told = true
  }
}
