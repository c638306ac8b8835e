import { setTimeout as delay } from 'node:timers/promises'
import type { Logs } from './log-files.ts'
import { sidecarName } from './part.ts'
import type { RunApp } from './runfile.ts'
import { type Security, serviceAnswers } from './service-parts.ts'
import { ShopError } from './shop-error.ts'

const startTimeout = 60_000

/** @throws ShopError with the last log lines of app and sidecar, after a minute */
export async function untilAnswers(
  app: RunApp,
  security: Security | undefined,
  { logs, signal }: { logs: Logs; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + startTimeout
  while (!(await serviceAnswers(app, security, signal))) {
    signal.throwIfAborted()
    if (performance.now() > deadline) {
      throw new ShopError(
        [
          `${app.id} does not answer through its sidecar after ${startTimeout / 1000} s.`,
          `Last log lines of ${app.id}:\n${logs.lastLines(app.id)}`,
          `Last log lines of its sidecar:\n${logs.lastLines(sidecarName(app.id))}`,
        ].join('\n'),
      )
    }
    await delay(50, undefined, { signal }).catch(() => {})
  }
}

/** Says when a service that runs stops answering through its sidecar, and when it answers again. */
export function watchServices(
  apps: RunApp[],
  security: Security | undefined,
  { signal, report }: { signal: AbortSignal; report: (line: string) => void },
): void {
  for (const app of apps) watch(app)

  async function watch(app: RunApp): Promise<void> {
    let silentSince: number | undefined
    let told = false
    while (!signal.aborted) {
      await delay(2000, undefined, { signal }).catch(() => {})
      const answers = await serviceAnswers(app, security, signal)
      if (signal.aborted) return
      if (answers) {
        if (told) report(`${app.id} answers through its sidecar again`)
        silentSince = undefined
        told = false
        continue
      }
      silentSince ??= performance.now()
      if (!told && performance.now() - silentSince > 5000) {
        report(
          `${app.id} has not answered through its sidecar for ${Math.round((performance.now() - silentSince) / 1000)} s (bun run logs ${app.id})`,
        )
        told = true
      }
    }
  }
}
