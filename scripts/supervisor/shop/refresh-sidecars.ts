import { sidecarName } from '../processes/part.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import type { HealthListener } from './service-health.ts'

export interface RefreshOptions {
  supervisor: Pick<Supervisor, 'kill'>
  report: (line: string) => void
}

/**
 * Gives an app that was away, frozen or overloaded for longer than its health check allows, a fresh sidecar once it
 * is back. Otherwise pubsub.mqtt3 (components-contrib 1.18.3) can stay deaf for ever: the end of the old
 * subscription, which waits for the events under way, deletes the handler of the new one. A fresh sidecar also gets
 * what is unacknowledged at once, instead of after the broker's redelivery time.
 */
export function refreshSidecars({ supervisor, report }: RefreshOptions): HealthListener {
  const unhealthyIn = new Map<string, number | undefined>()
  return ({ id }, { health, sidecar }) => {
    if (health === 'unhealthy') unhealthyIn.set(id, sidecar)
    if (health !== 'healthy') return
    if (sidecar !== undefined && unhealthyIn.get(id) === sidecar) {
      report(`${id} was away and is back; its sidecar starts afresh`)
      supervisor.kill(sidecarName(id))
    }
    unhealthyIn.delete(id)
  }
}
