import type { DemoResult } from '../../../scripts/demo/run-demo.ts'
import { assertNone, type Row } from '../row.ts'
import { ledgerOf } from '../world.ts'

const northwind = 830

export const books: Row[] = [
  {
    id: 'books',
    title: 'books of all orders above balance by id: after',
    limit: 180,
    async run(world) {
      const ledger = await ledgerOf(world)
      const began = performance.now()
      assertNone(await ledger.check())
      const seconds = (performance.now() - began) / 1_000
      const orders = ledger.size()
      return { words: `✓ ${orders} orders, ${seconds.toFixed(1)} s`, values: { orders, seconds } }
    },
  },
  {
    id: 'northwind',
    title: "Northwind's 830 orders balance: all settled after",
    limit: 300,
    async run({ demo }) {
      const found = await demo()
      assertNone(unbalanced(found))
      const { settling } = found.figures.seconds
      return { words: `✓ ${settling.toFixed(0)} s`, values: { seconds: settling } }
    },
  },
]

/** What is wrong with a replay. */
export function unbalanced({ figures, mismatches, balanced }: DemoResult): string[] {
  const { sent, open, unclear } = figures.orders
  return [
    ...mismatches.map(({ about, message }) => `${about}: ${message}`),
    ...(balanced || mismatches.length > 0 ? [] : ['the books do not balance']),
    ...(sent === northwind ? [] : [`${sent} orders were sent`]),
    ...(open === 0 ? [] : [`${open} orders never ended`]),
    ...(unclear === 0 ? [] : [`of ${unclear} orders nobody knows whether they were taken`]),
  ]
}
