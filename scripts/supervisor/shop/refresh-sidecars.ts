import { followLines } from '../logs/follow-logs.ts'
import type { Logs } from '../logs/log-files.ts'
import { sidecarName } from '../processes/part.ts'
import type { Supervisor } from '../processes/supervisor.ts'

export interface RefreshOptions {
  supervisor: Pick<Supervisor, 'kill' | 'running'>
  logs: Pick<Logs, 'fileOf'>
  signal: AbortSignal
  report: (line: string) => void
}

/**
 * Gives an app a fresh sidecar when two faults of components-contrib 1.18.3 could keep the one that it has deaf:
 *
 * - The app was away, frozen or overloaded for longer than its health check allows, and is back. In pubsub.mqtt3 the end
 *   of the old subscription, which waits for the events under way, deletes the handler of the new one; a bulk subscription
 *   of pubsub.redis can end so too.
 * - Its sidecar has connected to RabbitMQ anew. In pubsub.rabbitmq subscriptions then take each other's answers from the
 *   channel that they share, and begin again and again, each time with a consumer that keeps events and handles none:
 *   https://github.com/dapr/components-contrib/issues/4540
 *
 * The sidecar's log tells each change; whoever asks now and then can miss one.
 */
export function refreshSidecars(
  apps: { id: string }[],
  { supervisor, logs, signal, report }: RefreshOptions,
): void {
  for (const { id } of apps) {
    const sidecar = sidecarName(id)
    const isBack = recoveries()
    followLines(
      logs.fileOf(sidecar),
      line => {
        const pid = supervisor.running().find(({ name }) => name === sidecar)?.pid
        const what = isBack(line, pid) ? id : isConnectedAnew(line) ? `the broker of ${id}` : undefined
        if (what === undefined) return
        report(`${what} was away and is back; its sidecar starts afresh`)
        supervisor.kill(sidecar)
      },
      { signal },
      // a log that cannot be read is the supervisor's to tell, when it begins the next one
    ).catch(() => {})
  }
}

/** "rabbitmq pub/sub: connected with connectionCount=2": the first connection of a sidecar is number 1. */
export function isConnectedAnew(line: string): boolean {
  return /rabbitmq pub\/sub: connected with connectionCount=(?!1\b)\d/.test(line)
}

/** Tells for each log line of a sidecar whether its app has just come back in the life of that process. */
export function recoveries(): (line: string, pid: number | undefined) => boolean {
  let unhealthyIn: number | undefined
  return (line, pid) => {
    if (line.includes('App entered un-healthy status')) unhealthyIn = pid
    if (!line.includes('App entered healthy status')) return false
    const isBack = unhealthyIn !== undefined && unhealthyIn === pid
    unhealthyIn = undefined
    return isBack
  }
}
