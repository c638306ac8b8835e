import type { Figures, Percentiles } from './figures.ts'
import type { Mismatch } from './mismatch.ts'

const listed = 20
const numbers = new Intl.NumberFormat('en-GB')
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

/** The totals, for people. */
export function renderFigures(figures: Figures): string {
  const { orders, units, cents, seconds, perSecond, retries } = figures
  const rows: [string, string][] = [
    ['orders sent', numbers.format(orders.sent)],
    ['refused', tally(orders.refused)],
    ['accepted', numbers.format(orders.accepted)],
    ['confirmed', numbers.format(orders.confirmed)],
    ['cancelled', numbers.format(orders.cancelled)],
    ['rejected', tally(orders.rejected)],
    ['units', `${numbers.format(units.ordered)} ordered, ${numbers.format(units.confirmed)} confirmed`],
    ['money', `${dollars(cents.accepted)} accepted, ${dollars(cents.confirmed)} confirmed`],
    ['payments', payments(figures)],
    ['shipments', shipments(figures)],
    ['insights', figures.parts.insights ? 'checked' : 'left out: the shop runs without them'],
    ['placing', `${perSecond.placed.toFixed(1)} orders/s (${seconds.placing.toFixed(1)} s)`],
    [
      'settling',
      `${perSecond.settled.toFixed(1)} orders/s (${seconds.settling.toFixed(1)} s until the last)`,
    ],
    ['sent to settled', times(figures.milliseconds)],
    ['sent to confirmed', times(figures.confirmation)],
  ]
  if (orders.open > 0) rows.push(['still open', numbers.format(orders.open)])
  if (orders.unclear > 0) rows.push(['no clear answer', numbers.format(orders.unclear)])
  if (retries > 0) rows.push(['requests repeated', numbers.format(retries)])
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`).join('\n')
}

/** One line that says whether the books balance; before it the first mismatches, if any. */
export function renderVerdict(mismatches: Mismatch[], orders: number): string {
  if (mismatches.length === 0)
    return `the books balance: ${orders} orders checked by id, nothing lost or doubled`
  const lines = mismatches
    .slice(0, listed)
    .map(({ about, code, message }) => `  ${about}: ${message} [${code}]`)
  if (mismatches.length > listed)
    lines.push(`  … and ${mismatches.length - listed} more (--json lists them all)`)
  const count = mismatches.length === 1 ? '1 mismatch' : `${mismatches.length} mismatches`
  return `${lines.join('\n')}\nthe books do NOT balance: ${count}`
}

function payments({ payments: { authorised, captured, refunded } }: Figures): string {
  return `${dollars(authorised)} authorised, ${dollars(captured)} captured, ${dollars(refunded)} refunded`
}

function shipments({ shipments, shippingCents }: Figures): string {
  const price = `${dollars(shippingCents)} for the confirmed orders`
  if (shipments === null) return `none: the shop runs without shipping, at a flat price; ${price}`
  const { arranged, cancelled } = shipments
  return `${numbers.format(arranged)} arranged, ${numbers.format(cancelled)} cancelled; ${price}`
}

function times({ median, p99 }: Percentiles): string {
  return `median ${ms(median)}, p99 ${ms(p99)}, as seen by polling`
}

function tally(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${numbers.format(count)} ${name}`)
  return parts.join(', ') || '0'
}

function dollars(cents: number): string {
  return money.format(cents / 100)
}

function ms(value: number | null): string {
  return value === null ? '–' : `${Math.round(value)} ms`
}
