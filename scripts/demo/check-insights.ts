import type { Books } from './books.ts'
import { expectedRise, expectedSales, type SalesRise, salesRises, sum, wrongRises } from './insights.ts'
import type { Mismatch } from './mismatch.ts'
import type { Sales } from './shapes.ts'

type Report = (about: string, code: string, message: string) => void

/** The totals and the sales rose by exactly what the run brought about. Nothing to check without insights. */
export function checkInsights({ entries, insights }: Pick<Books, 'entries' | 'insights'>): Mismatch[] {
  if (insights === undefined) return []
  const { before, after } = insights
  const mismatches: Mismatch[] = []
  const report: Report = (about, code, message) => mismatches.push({ code, about, message })

  const expected = expectedRise(entries)
  for (const [name, rise] of wrongRises(before.totals, after.totals, expected)) {
    report(`insights ${name}`, 'insights-total-differs', `rose by ${rise}, should be ${expected[name]}`)
  }
  const { parked } = after.totals
  if (parked > 0) report('insights parked', 'insights-parked', `${parked} events wait for one before them`)

  const sales = expectedSales(entries)
  for (const by of ['products', 'countries'] as const) {
    compare(by, salesRises(before.sales[by], after.sales[by]), sales[by], report)
  }
  compareDays(salesRises(before.sales.days, after.sales.days), sales.countries, report)
  for (const by of ['products', 'countries', 'days'] as const) checkKeys(by, after.sales[by], report)
  return mismatches
}

function compare(
  by: string,
  rises: Map<string, SalesRise>,
  expected: Map<string, SalesRise>,
  report: Report,
): void {
  for (const key of new Set([...rises.keys(), ...expected.keys()])) {
    const rose = described(rises.get(key))
    const should = described(expected.get(key))
    if (rose === should) continue
    report(`sales by ${by}, ${key}`, 'sales-differ', `rose by ${rose}; should be ${should}`)
  }
}

/** An order counts for the day of its confirmation, which a client is not told: the sum has to be right. */
function compareDays(rises: Map<string, SalesRise>, expected: Map<string, SalesRise>, report: Report): void {
  const rose = described(total(rises))
  const should = described(total(expected))
  if (rose !== should) report('sales by days', 'sales-differ', `rose by ${rose}; should be ${should}`)
  for (const [day, { orders, units, cents }] of rises) {
    if (Math.min(orders, units, cents) >= 0) continue
    report(`sales by days, ${day}`, 'sales-fell', `rose by ${described({ orders, units, cents })}`)
  }
}

function checkKeys(by: string, sales: Sales, report: Report): void {
  const keys = new Set(sales.map(row => row.key)).size
  if (keys === sales.length) return
  report(`sales by ${by}`, 'sales-doubled', `lists ${sales.length} rows of ${keys} ${by}`)
}

function total(rises: Map<string, SalesRise>): SalesRise {
  const rows = [...rises.values()]
  return {
    orders: sum(rows, row => row.orders),
    units: sum(rows, row => row.units),
    cents: sum(rows, row => row.cents),
  }
}

function described({ orders, units, cents }: SalesRise = { orders: 0, units: 0, cents: 0 }): string {
  return `${orders} orders, ${units} units, ${cents} cents`
}
