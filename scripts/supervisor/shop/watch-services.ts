import { setTimeout as delay } from 'node:timers/promises'
import type { Logs } from '../logs/log-files.ts'
import { sidecarName } from '../processes/part.ts'
import { ShopError } from '../shop-error.ts'
import type { RunApp } from './runfile.ts'
import { type HealthListener, whySilent } from './service-health.ts'
import type { Security } from './service-parts.ts'

const startTimeout = 60_000
const tellAfter = 5000

/** @throws ShopError with the last log lines of app and sidecar, after a minute */
export async function untilAnswers(
  app: RunApp,
  security: Security | undefined,
  { logs, signal }: { logs: Logs; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + startTimeout
  for (;;) {
    const silent = await whySilent(app, security, signal)
    if (silent === undefined) return
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
  return ({ id }, { health }) => {
    const silence = silent.get(id) ?? { since: now(), told: false }
    if (health === 'healthy') {
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
