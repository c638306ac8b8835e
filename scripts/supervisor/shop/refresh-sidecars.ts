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
 * Gives an app that was away, frozen or overloaded for longer than its health check allows, a fresh sidecar once it
 * is back. Otherwise pubsub.mqtt3 (components-contrib 1.18.3) can stay deaf for ever: the end of the old
 * subscription, which waits for the events under way, deletes the handler of the new one. So can a bulk subscription of
 * pubsub.redis.
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
        if (!isBack(line, pid)) return
        report(`${id} was away and is back; its sidecar starts afresh`)
        supervisor.kill(sidecar)
      },
      { signal },
      // a log that cannot be read is the supervisor's to tell, when it begins the next one
    ).catch(() => {})
  }
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
