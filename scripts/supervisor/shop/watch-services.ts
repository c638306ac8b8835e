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
  /** How long a sidecar may not find itself, in milliseconds. @default 3_000 */
  lostAfter?: number
}

/**
 * A sidecar that is ready and does not find itself by name gets a second life. It is rare, about one start in a
 * hundred, and does not pass by itself: daprd 1.18.2 has registered the name, and nobody finds it.
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
    lostSince = silent.includes('no host found with the given ID')
      ? (lostSince ?? performance.now())
      : undefined
    if (lostSince !== undefined && performance.now() - lostSince > lostAfter) {
      report(`${app.id}'s sidecar does not find itself by name; it starts afresh`)
      supervisor.kill(sidecarName(app.id))
      lostSince = undefined
    }
    signal.throwIfAborted()
    if (performance.now() > deadline) {
      throw new ShopError(
        [
          `${app.id} does not answer through its sidecar after ${startTimeout / 1000} s: ${silent}`,
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
