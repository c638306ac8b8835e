import { sum, unitsOf } from './insights.ts'
import { type Entry, foundIn } from './ledger.ts'
import type { Order, Payment } from './shapes.ts'
import type { Parts } from './shop-client.ts'

export interface Figures {
  orders: {
    sent: number
    /** By the code of the refusal. */
    refused: Record<string, number>
    accepted: number
    /** And not cancelled. */
    confirmed: number
    /** Confirmed, then cancelled. */
    cancelled: number
    /** By the reason of the rejection. */
    rejected: Record<string, number>
    /** Accepted, and neither confirmed nor rejected when the run ended. */
    open: number
    /** Without a usable answer. */
    unclear: number
  }
  units: { ordered: number; confirmed: number }
  /** At the catalogue's prices and without shipping, as the shop totalled them. */
  cents: { accepted: number; confirmed: number }
  /** What was held on cards, taken and given back, in cents, shipping included. */
  payments: { authorised: number; captured: number; refunded: number }
  /** Null where there is no shipping service. */
  shipments: { arranged: number; cancelled: number } | null
  /** What the confirmed orders were charged for shipping, whether there is a service for it or not. */
  shippingCents: number
  /** Of the services that the shop can do without, which the books cover. */
  parts: Parts
  seconds: { placing: number; settling: number }
  perSecond: {
    /** Orders answered, refusals included, between the first request and the last answer. */
    placed: number
    /** Accepted orders, between the first request and the last order seen settled. */
    settled: number
  }
  /** From sending an order to seeing it settled, by polling; null when none settled. */
  milliseconds: Percentiles
  /** The same for the orders that were confirmed. */
  confirmation: Percentiles
  /** HTTP attempts that had to be repeated while placing orders. */
  retries: number
}

export interface Percentiles {
  median: number | null
  p99: number | null
}

/** Totals and speed of a run. Pure; reads the ledger only. */
export function toFigures(entries: Entry[], parts: Parts): Figures {
  const accepted = entries.flatMap(entry => (entry.answer.kind === 'accepted' ? [entry.answer.order] : []))
  const kept = entries.flatMap(entry => foundIn(entry.order) ?? [])
  const confirmed = kept.filter(order => order.status === 'confirmed')
  const cancelled = kept.filter(order => order.status === 'cancelled')
  const rejected = kept.filter(order => order.status === 'rejected')
  const settled = timesToSettle(entries)
  const wereConfirmed = entries.filter(({ order }) =>
    ['confirmed', 'cancelled'].includes(foundIn(order)?.status ?? ''),
  )
  const shipments = entries.flatMap(entry => foundIn(entry.shipment) ?? [])

  const start = Math.min(...entries.map(entry => entry.sentAt))
  const placing = (Math.max(...entries.map(entry => entry.answeredAt)) - start) / 1000
  const settling = (Math.max(start, ...entries.map(entry => entry.settledAt ?? start)) - start) / 1000

  return {
    orders: {
      sent: entries.length,
      refused: countBy(entries.flatMap(({ answer }) => (answer.kind === 'refused' ? [answer.code] : []))),
      accepted: accepted.length,
      confirmed: confirmed.length,
      cancelled: cancelled.length,
      rejected: countBy(rejected.map(order => order.reason || 'without a reason')),
      open: accepted.length - confirmed.length - cancelled.length - rejected.length,
      unclear: entries.filter(entry => entry.answer.kind === 'unclear').length,
    },
    units: {
      ordered: sum(entries, entry => unitsOf(entry.sent)),
      confirmed: sum(confirmed, unitsOf),
    },
    cents: { accepted: sumCents(accepted), confirmed: sumCents(confirmed) },
    payments: toMoney(entries.flatMap(entry => foundIn(entry.payment) ?? [])),
    shipments: parts.shipping
      ? {
          arranged: shipments.filter(shipment => shipment.status === 'arranged').length,
          cancelled: shipments.filter(shipment => shipment.status === 'cancelled').length,
        }
      : null,
    shippingCents: sum(confirmed, order => order.shippingCents),
    parts,
    seconds: { placing, settling },
    perSecond: { placed: rate(entries.length, placing), settled: rate(settled.length, settling) },
    milliseconds: toPercentiles(settled),
    confirmation: toPercentiles(timesToSettle(wereConfirmed)),
    retries: sum(entries, entry => entry.retries),
  }
}

/** Nearest rank: the smallest value that at least the given share of all values does not exceed. */
export function percentile(values: number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

function toPercentiles(values: number[]): Percentiles {
  return { median: percentile(values, 0.5), p99: percentile(values, 0.99) }
}

function timesToSettle(entries: Entry[]): number[] {
  return entries.flatMap(({ settledAt, sentAt }) => (settledAt === undefined ? [] : [settledAt - sentAt]))
}

function toMoney(payments: Payment[]): Figures['payments'] {
  return {
    authorised: sum(payments.filter(wasAuthorised), payment => payment.amountCents),
    captured: sum(payments, payment => payment.capturedCents),
    refunded: sum(payments, payment => payment.refundedCents),
  }
}

/** One whose first event is that it was voided never held anything. */
function wasAuthorised({ status, version }: Payment): boolean {
  return ['authorised', 'captured', 'refunded'].includes(status) || (status === 'voided' && version > 1)
}

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function rate(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0
}

function sumCents(orders: Order[]): number {
  return sum(orders, order => order.totalCents)
}
