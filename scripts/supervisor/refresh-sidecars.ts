import { setTimeout as delay } from 'node:timers/promises'
import { sidecarName } from './part.ts'
import type { RunApp } from './runfile.ts'
import type { Security } from './service-parts.ts'
import type { Supervisor } from './supervisor.ts'

export interface RefreshOptions {
  security: Security | undefined
  supervisor: Supervisor
  signal: AbortSignal
  report: (line: string) => void
}

/**
 * Gives an app that was away, frozen or overloaded for longer than its health check allows, a fresh sidecar once it
 * is back. Otherwise pubsub.mqtt3 (components-contrib 1.18.3) can stay deaf for ever: the end of the old
 * subscription, which waits for the events under way, deletes the handler of the new one. A fresh sidecar also gets
 * what is unacknowledged at once, instead of after the broker's redelivery time.
 */
export function refreshSidecars(
  apps: RunApp[],
  { security, supervisor, signal, report }: RefreshOptions,
): void {
  for (const app of apps) watch(app)

  async function watch(app: RunApp): Promise<void> {
    const sidecar = sidecarName(app.id)
    let unhealthyIn: number | undefined
    while (!signal.aborted) {
      await delay(500, undefined, { signal }).catch(() => {})
      const pid = supervisor.running().find(({ name }) => name === sidecar)?.pid
      const health = await healthInSidecar(app, security, signal)
      if (signal.aborted) return
      if (health === 'unhealthy') unhealthyIn = pid
      if (health !== 'healthy') continue
      if (unhealthyIn !== undefined && unhealthyIn === pid) {
        report(`${app.id} was away and is back; its sidecar starts afresh`)
        supervisor.kill(sidecar)
      }
      unhealthyIn = undefined
    }
  }
}

/** What the sidecar thinks of its app: it refuses to call one whose health check fails. */
async function healthInSidecar(
  app: RunApp,
  security: Security | undefined,
  signal: AbortSignal,
): Promise<'healthy' | 'unhealthy' | 'unknown'> {
  try {
    const response = await fetch(
      `http://127.0.0.1:${app.httpPort}/v1.0/invoke/${app.id}/method${app.healthPath}`,
      {
        headers: security ? { 'dapr-api-token': security.tokens.daprApi } : {},
        keepalive: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]),
      },
    )
    if (response.ok) return 'healthy'
    return (await response.text()).includes('app is not in a healthy state') ? 'unhealthy' : 'unknown'
  } catch {
    return 'unknown'
  }
}
