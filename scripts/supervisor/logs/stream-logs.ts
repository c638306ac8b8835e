import { followLines } from './follow-logs.ts'
import type { Logs } from './log-files.ts'
import { lineFormatter } from './log-line.ts'
import { say } from './say.ts'

export interface StreamOptions {
  logs: Logs
  /** All parts, so that each keeps its colour and the prefixes line up. */
  parts: string[]
  signal: AbortSignal
}

/** Shows what the chosen parts write from now on. */
export async function streamLogs(chosen: string[], { logs, parts, signal }: StreamOptions): Promise<void> {
  await Promise.all(
    chosen.map(part => {
      const format = lineFormatter(part, parts, useColour())
      return followLines(logs.fileOf(part), line => say(format(line)), { signal })
    }),
  )
}

/** https://no-color.org */
export function useColour(): boolean {
  if (process.env.NO_COLOR) return false
  return Boolean(process.stdout.isTTY) || Boolean(process.env.FORCE_COLOR)
}
