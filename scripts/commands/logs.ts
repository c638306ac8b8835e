import { defineCommand } from 'citty'
import { chooseLogs } from '../supervisor/logs/choose-logs.ts'
import { followLines } from '../supervisor/logs/follow-logs.ts'
import { loggedParts, openLogs, readLastLines } from '../supervisor/logs/log-files.ts'
import { lineFormatter } from '../supervisor/logs/log-line.ts'
import { say } from '../supervisor/logs/say.ts'
import { useColour } from '../supervisor/logs/stream-logs.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { ShopError } from '../supervisor/shop-error.ts'

export default defineCommand({
  meta: {
    name: 'logs',
    description: 'Show what the parts of the running or the last shop wrote',
  },
  args: {
    service: {
      type: 'positional',
      required: false,
      description:
        'A service (its app and its sidecar) or any other part; several with spaces or commas. Default: all',
    },
    follow: { type: 'boolean', alias: 'f', description: 'Stay, and show what comes' },
    lines: {
      type: 'string',
      alias: 'n',
      default: '100',
      description: 'How many of the last lines of each log',
    },
  },
  async run({ args }) {
    const { logDir } = readInstance({ root: process.cwd() })
    const parts = loggedParts(logDir)
    if (parts.length === 0)
      throw new ShopError(`There are no logs in ${logDir} yet: 'bun start' writes them.`)
    const count = Number(args.lines)
    if (!Number.isInteger(count) || count < 0)
      throw new ShopError(`--lines ${args.lines} is not a whole number.`)
    const chosen = args._.length > 0 ? chooseLogs(args._, parts) : parts
    const logs = openLogs(logDir)
    const formats = new Map(chosen.map(part => [part, lineFormatter(part, parts, useColour())]))
    for (const [part, format] of formats) {
      for (const line of count > 0 ? readLastLines(logs.fileOf(part), count) : []) say(format(line))
    }
    if (!args.follow) return
    const signal = untilInterrupted()
    await Promise.all(
      [...formats].map(([part, format]) =>
        followLines(logs.fileOf(part), line => say(format(line)), { signal }),
      ),
    )
  },
})

function untilInterrupted(): AbortSignal {
  const end = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => end.abort())
  return end.signal
}
