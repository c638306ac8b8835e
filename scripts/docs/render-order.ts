import type { HistoryEntry, Published, Recording, Span } from './recording.ts'
import { callerOf, kindOf } from './spans.ts'

/** What the renderer has to know of the shop. */
export interface Shop {
  mayCall: (from: string, to: string) => boolean
}

/** Outside of the shop. */
const client = 'client'

/** From left to right. */
const participants = [
  client,
  'gateway',
  'orders',
  'catalog',
  'inventory',
  'payments',
  'shipping',
  'insights',
  'broker',
]

/** One line of the picture, at a time in milliseconds since 1970. */
interface Line {
  at: number
  text: string
}

/** The life of one order as a Mermaid sequence diagram: calls and their answers, steps, and events through the broker. */
export function renderSequence(recording: Recording, shop: Shop): string {
  const { spans, published, history } = recording
  const lines = [
    ...spans.flatMap(span => spanLines(span, recording, shop)),
    ...published.flatMap(event => eventLines(event, spans)),
    ...startLines(history, spans),
  ]
  const used = participants.filter(name => lines.some(({ text }) => names(text).includes(name)))
  return [
    '```mermaid',
    'sequenceDiagram',
    ...used.map(name => `  ${name === client ? 'actor' : 'participant'} ${name}`),
    ...lines.sort((one, other) => one.at - other.at).map(({ text }) => `  ${text}`),
    '```',
  ].join('\n')
}

function names(text: string): string[] {
  return text.split(':')[0]?.match(/[a-z]+/g) ?? []
}

function spanLines(span: Span, recording: Recording, shop: Shop): Line[] {
  const { spans, history } = recording
  const { service, name, start, end, attributes } = span
  switch (kindOf(span)) {
    case 'call': {
      const caller = callerOf(span, spans, shop.mayCall).span?.service ?? client
      const status = attributes['http.response.status_code'] ?? attributes['rpc.response.status_code']
      return [
        { at: start, text: `${caller}->>${service}: ${shortName(name)}` },
        {
          at: answeredAt(span, recording, shop),
          text: `${service}-->>${caller}: ${status}, ${duration(end - start)}`,
        },
      ]
    }
    case 'step': {
      const appended = appendedDuring(history, span).map(({ type }) => type)
      const log = appended.length > 0 ? `, logs ${appended.join(', ')}` : ''
      return [{ at: start, text: `Note over ${service}: step ${name.replace('activity ', '')}${log}` }]
    }
    default:
      return []
  }
}

/**
 * When the answer of a call was there. Its span ends a little later, after the answer was sent: by then the caller may
 * have gone on, with an entry in its log or an answer of its own.
 */
function answeredAt(call: Span, recording: Recording, shop: Shop): number {
  const { span: caller } = callerOf(call, recording.spans, shop.mayCall)
  if (!caller) return call.end
  const justBefore = 0.001
  const wentOn =
    caller.service === 'orders' ? logTimes(recording.history).find(at => at > call.start) : undefined
  const callersEnd = kindOf(caller) === 'call' ? answeredAt(caller, recording, shop) : caller.end
  return Math.min(call.end, callersEnd - justBefore, (wentOn ?? Number.POSITIVE_INFINITY) - justBefore)
}

function logTimes(history: readonly HistoryEntry[]): number[] {
  return history.map(({ at }) => Date.parse(at))
}

/** What the request itself has appended to the order's log. */
function startLines(history: readonly HistoryEntry[], spans: readonly Span[]): Line[] {
  return spans
    .filter(span => span.service === 'orders' && kindOf(span) === 'call')
    .flatMap(span =>
      appendedDuring(history, span).map(({ type, at }) => ({
        at: Date.parse(at),
        text: `Note over orders: logs ${type}`,
      })),
    )
}

function appendedDuring(history: readonly HistoryEntry[], { start, end }: Span): HistoryEntry[] {
  return history.filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= end)
}

/** A dashed arrow into the broker, and one out of it for each delivery. */
function eventLines({ id, source, type, at }: Published, spans: readonly Span[]): Line[] {
  const deliveries = spans.filter(({ attributes }) => attributes['messaging.message.id'] === id)
  // the recorder is told of it at the same time as the consumers, and may be the last to notice
  const first = Math.min(at, ...deliveries.map(({ start }) => start))
  return [
    { at: first, text: `${source}--)broker: ${type}` },
    ...deliveries.map(({ service, start }) => ({ at: start, text: `broker--)${service}: ${type}` })),
  ]
}

/** The order's event log, with the time after the first entry. */
export function renderHistory({ history }: Recording): string {
  const [first] = history
  const begin = first ? Date.parse(first.at) : 0
  const rows = history.map(({ version, type, at, data }) => {
    const shown = { ...(data as Record<string, unknown>) }
    if (Array.isArray(shown.lines)) shown.lines = `${shown.lines.length} lines`
    const facts = Object.entries(shown).map(([name, value]) => `${name}: ${shortened(String(value))}`)
    return `| ${version} | \`${type}\` | ${duration(Date.parse(at) - begin)} | ${facts.join(', ')} |`
  })
  return ['| version | event | after | with |', '|---|---|---|---|', ...rows].join('\n')
}

/** What the traces do not show, and how the picture has come by it all the same. */
export function renderGaps({ spans }: Recording, { mayCall }: Shop): string[] {
  const calls = spans.filter(span => kindOf(span) === 'call')
  const steps = spans.filter(span => kindOf(span) === 'step')
  const traceOfRequest = calls[0]?.traceId
  const untraced = new Set(
    calls.filter(call => !callerOf(call, spans, mayCall).isTraced).map(({ service }) => service),
  )
  const gaps: string[] = []
  if (steps.some(({ traceId }) => traceId !== traceOfRequest)) {
    gaps.push(
      [
        "- The workflow begins a trace of its own. Its steps are found by their instance id, which is the order's id; what each",
        "  has brought about is read from the order's event log.",
      ].join('\n'),
    )
  }
  for (const service of [...untraced].sort()) {
    gaps.push(`- No trace leads to ${service}: its calls stand where they do by their time.`)
  }
  return gaps
}

function shortName(name: string): string {
  return name.replace(/^.*\.(\w+)\/(\w+)$/, '$1/$2')
}

function shortened(value: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) ? value.slice(0, 8) : value
}

/** With two digits that count: what one run took is no measurement. */
export function duration(milliseconds: number): string {
  const rounded = Number(Math.max(0, milliseconds).toPrecision(2))
  return rounded < 1 ? '0 ms' : `${Math.round(rounded)} ms`
}
