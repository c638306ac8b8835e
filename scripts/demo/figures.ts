import type { Entry } from './ledger.ts'
import type { Order } from './shapes.ts'

export interface Figures {
  orders: {
    sent: number
    /** By the code of the refusal. */
    refused: Record<string, number>
    accepted: number
    confirmed: number
    /** By the reason of the rejection. */
    rejected: Record<string, number>
    /** Accepted, and neither confirmed nor rejected when the run ended. */
    open: number
    /** Without a usable answer. */
    unclear: number
  }
  units: { ordered: number; confirmed: number }
  /** At the catalogue's prices, as the shop totalled them. */
  cents: { accepted: number; confirmed: number }
  seconds: { placing: number; settling: number }
  perSecond: {
    /** Orders answered, refusals included, between the first request and the last answer. */
    placed: number
    /** Accepted orders, between the first request and the last order seen settled. */
    settled: number
  }
  /** From sending an order to seeing it settled, by polling; null when none settled. */
  milliseconds: { median: number | null; p99: number | null }
  /** HTTP attempts that had to be repeated while placing orders. */
  retries: number
}

/** Totals and speed of a run. Pure; reads the ledger only. */
export function toFigures(entries: Entry[]): Figures {
  const accepted = entries.flatMap(entry => (entry.answer.kind === 'accepted' ? [entry.answer.order] : []))
  const kept = entries.flatMap(entry => (entry.order && 'found' in entry.order ? [entry.order.found] : []))
  const confirmed = kept.filter(order => order.status === 'confirmed')
  const rejected = kept.filter(order => order.status === 'rejected')
  const settled = entries.flatMap(({ settledAt, sentAt }) =>
    settledAt === undefined ? [] : [settledAt - sentAt],
  )

  const start = Math.min(...entries.map(entry => entry.sentAt))
  const placing = (Math.max(...entries.map(entry => entry.answeredAt)) - start) / 1000
  const settling = (Math.max(start, ...entries.map(entry => entry.settledAt ?? start)) - start) / 1000

  return {
    orders: {
      sent: entries.length,
      refused: countBy(entries.flatMap(({ answer }) => (answer.kind === 'refused' ? [answer.code] : []))),
      accepted: accepted.length,
      confirmed: confirmed.length,
      rejected: countBy(rejected.map(order => order.reason || 'without a reason')),
      open: accepted.length - confirmed.length - rejected.length,
      unclear: entries.filter(entry => entry.answer.kind === 'unclear').length,
    },
    units: { ordered: sumUnits(entries.map(entry => entry.sent)), confirmed: sumUnits(confirmed) },
    cents: { accepted: sumCents(accepted), confirmed: sumCents(confirmed) },
    seconds: { placing, settling },
    perSecond: { placed: rate(entries.length, placing), settled: rate(settled.length, settling) },
    milliseconds: { median: percentile(settled, 0.5), p99: percentile(settled, 0.99) },
    retries: entries.reduce((sum, entry) => sum + entry.retries, 0),
  }
}

/** Nearest rank: the smallest value that at least the given share of all values does not exceed. */
export function percentile(values: number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function rate(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0
}

function sumUnits(orders: { lines: { quantity: number }[] }[]): number {
  return orders.flatMap(order => order.lines).reduce((sum, line) => sum + line.quantity, 0)
}

function sumCents(orders: Order[]): number {
  return orders.reduce((sum, order) => sum + order.totalCents, 0)
}
