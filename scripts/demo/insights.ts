import { type Entry, foundIn } from './ledger.ts'
import type { Sales, Totals } from './shapes.ts'

/** GET /totals and GET /sales/…. */
export interface Insights {
  totals: Totals
  sales: Record<'products' | 'countries' | 'days', Sales>
}

/** By how much a run raises each total. */
export type Rise = Omit<Totals, 'parked'>

export interface SalesRise {
  orders: number
  units: number
  cents: number
}

/** What the orders and payments of the ledger add to the totals. */
export function expectedRise(entries: Entry[]): Rise {
  const orders = entries.flatMap(entry => foundIn(entry.order) ?? [])
  const payments = entries.flatMap(entry => foundIn(entry.payment) ?? [])
  const confirmed = orders.filter(order => order.status === 'confirmed')
  return {
    placed: orders.length,
    confirmed: confirmed.length,
    rejected: orders.filter(order => order.status === 'rejected').length,
    cancelled: orders.filter(order => order.status === 'cancelled').length,
    units: sum(confirmed, unitsOf),
    goodsCents: sum(confirmed, order => order.totalCents),
    shippingCents: sum(confirmed, order => order.shippingCents),
    capturedCents: sum(payments, payment => payment.capturedCents),
    refundedCents: sum(payments, payment => payment.refundedCents),
  }
}

/** The names of the totals that did not rise as expected, each with what they rose by. */
export function wrongRises(
  before: Totals,
  after: Totals,
  expected: Rise,
): [name: keyof Rise, rise: number][] {
  return (Object.keys(expected) as (keyof Rise)[])
    .map((name): [keyof Rise, number] => [name, after[name] - before[name]])
    .filter(([name, rise]) => rise !== expected[name])
}

/** What the confirmed orders add to the sales, by product and by country. */
export function expectedSales(entries: Entry[]): Record<'products' | 'countries', Map<string, SalesRise>> {
  const products = new Map<string, SalesRise>()
  const countries = new Map<string, SalesRise>()
  for (const { order: read } of entries) {
    const order = foundIn(read)
    if (order?.status !== 'confirmed') continue
    const cents = sum(order.lines, line => line.quantity * line.unitPriceCents)
    add(countries, order.country ?? 'unknown', { orders: 1, units: unitsOf(order), cents })
    for (const { productId, quantity, unitPriceCents } of order.lines) {
      add(products, String(productId), { orders: 1, units: quantity, cents: quantity * unitPriceCents })
    }
  }
  return { products, countries }
}

/** By how much each key rose; keys that stayed as they were are left out. */
export function salesRises(before: Sales, after: Sales): Map<string, SalesRise> {
  const rises = new Map<string, SalesRise>()
  for (const { key, ...row } of after) add(rises, key, row)
  for (const { key, orders, units, cents } of before) {
    add(rises, key, { orders: -orders, units: -units, cents: -cents })
  }
  return new Map([...rises].filter(([, { orders, units, cents }]) => orders || units || cents))
}

export function unitsOf(order: { lines: readonly { quantity: number }[] }): number {
  return sum(order.lines, line => line.quantity)
}

export function sum<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0)
}

function add(rises: Map<string, SalesRise>, key: string, { orders, units, cents }: SalesRise): void {
  const rise = rises.get(key) ?? { orders: 0, units: 0, cents: 0 }
  rises.set(key, { orders: rise.orders + orders, units: rise.units + units, cents: rise.cents + cents })
}
