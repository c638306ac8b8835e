import { styleText } from 'node:util'

type Colour = Parameters<typeof styleText>[0]

const colours: Colour[] = [
  'cyan',
  'magenta',
  'green',
  'blue',
  'yellow',
  'cyanBright',
  'magentaBright',
  'greenBright',
]

/** Writes the lines of one part for people: prefixed with its name, pino's JSON and daprd's pairs shortened. */
export function lineFormatter(part: string, parts: string[], colour: boolean): (line: string) => string {
  const width = Math.max(...parts.map(name => name.length))
  const service = part.split('.')[0] ?? part
  const services = [...new Set(parts.map(name => name.split('.')[0] ?? name))]
  const prefix = paint(colours[services.indexOf(service) % colours.length] ?? 'cyan', part.padEnd(width))
  return line => `${prefix} ${readableLine(line, paint)}`

  function paint(style: Colour, text: string): string {
    return colour ? styleText(style, text, { validateStream: false }) : text
  }
}

type Paint = (style: Colour, text: string) => string

/** One line without its prefix; by default without colour. */
export function readableLine(line: string, paint: Paint = (_, text) => text): string {
  const entry = parsePino(line) ?? parseDapr(line)
  if (entry === undefined) return line
  const level = entry.level === 'info' ? '' : `${paint(levelColours[entry.level] ?? 'dim', entry.level)} `
  const time = entry.time === '' ? '' : `${paint('dim', entry.time)} `
  return `${time}${level}${entry.message}${entry.rest === '' ? '' : ` ${paint('dim', entry.rest)}`}`
}

interface Entry {
  time: string
  level: string
  message: string
  rest: string
}

const levelColours: Record<string, Colour> = {
  warn: 'yellow',
  warning: 'yellow',
  error: 'red',
  fatal: 'redBright',
}
const pinoLevels: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

function parsePino(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line)
  } catch {
    return undefined
  }
  // the part is in the prefix already, the process in `bun run doctor`
  const { level, ts, time = ts, msg, message = msg, pid, hostname, name, service, app, ...rest } = entry
  if (level === undefined || message === undefined) return undefined
  return {
    time: time === undefined ? '' : clock(time),
    level: typeof level === 'number' ? (pinoLevels[level] ?? String(level)) : String(level),
    message: String(message),
    rest: Object.entries(rest)
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' '),
  }
}

/** As in `time="…" level=info msg="…" app_id=cart instance=… scope=dapr.runtime type=log ver=1.18.2` */
function parseDapr(line: string): Entry | undefined {
  const [, time, level, message, scope = ''] =
    /^time="([^"]*)" level=(\w+) msg="((?:[^"\\]|\\.)*)".*?(?: scope=(\S+).*)?$/.exec(line) ?? []
  if (time === undefined || level === undefined || message === undefined) return undefined
  return {
    time: clock(time),
    level,
    message: message.replaceAll('\\"', '"'),
    rest: scope.replace(/^dapr\./, ''),
  }
}

function clock(time: unknown): string {
  const date = new Date(time as string | number)
  if (Number.isNaN(date.getTime())) return String(time)
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
