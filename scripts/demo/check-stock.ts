import type { Books } from './books.ts'
import type { Entry } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { StockLevels } from './shapes.ts'

type Level = StockLevels[number]

/** Every product's stock moved by exactly the units of the orders that this run confirmed. */
export function checkStock({ products, entries, stockBefore, stockAfter }: Books): Mismatch[] {
  const mismatches: Mismatch[] = []
  const before = new Map(stockBefore.map(level => [level.productId, level]))
  const after = new Map(stockAfter.map(level => [level.productId, level]))
  const units = confirmedUnits(entries)

  for (const id of new Set([...products.map(product => product.id), ...before.keys(), ...after.keys()])) {
    const report = (code: string, message: string) =>
      mismatches.push({ code, about: `product ${id}`, message })
    const was = before.get(id)
    const is = after.get(id)
    if (was === undefined || is === undefined) {
      report('stock-missing', `has no stock level ${was === undefined ? 'before' : 'after'} the run`)
      continue
    }
    const rise = is.reserved - was.reserved
    const confirmed = units.get(id) ?? 0
    if (rise !== confirmed) {
      report('reserved-differs', `reserved rose by ${rise}, the confirmed orders took ${confirmed}`)
    }
    if (is.onHand !== was.onHand) report('on-hand-differs', `on hand went from ${was.onHand} to ${is.onHand}`)
    if (is.available !== is.onHand - is.reserved) {
      report('available-differs', `available is ${is.available}, not ${is.onHand} - ${is.reserved}`)
    }
    if (is.reserved > is.onHand) report('oversold', `${is.reserved} reserved of ${is.onHand} on hand`)
  }
  if (after.size !== stockAfter.length) {
    const message = `lists ${stockAfter.length} levels of ${after.size} products`
    mismatches.push({ code: 'stock-doubled', about: 'stock', message })
  }
  return [...mismatches, ...checkRejections(entries, after)]
}

/**
 * Within a run stock is only ever taken, never given back. So an order that was short of a product when it
 * was rejected is short of it at the end as well: one that the rest could still meet was rejected wrongly.
 */
function checkRejections(entries: Entry[], after: Map<number, Level>): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const { sent, order } of entries) {
    if (order === undefined || 'problem' in order || order.found.reason !== 'insufficient-stock') continue
    if (sent.lines.some(line => (after.get(line.productId)?.available ?? 0) < line.quantity)) continue
    mismatches.push({
      code: 'rejected-with-stock',
      about: `order ${sent.number}`,
      message: 'was rejected for insufficient stock, yet what is left would meet it',
    })
  }
  return mismatches
}

function confirmedUnits(entries: Entry[]): Map<number, number> {
  const units = new Map<number, number>()
  for (const { sent, order } of entries) {
    if (order === undefined || 'problem' in order || order.found.status !== 'confirmed') continue
    for (const { productId, quantity } of sent.lines) {
      units.set(productId, (units.get(productId) ?? 0) + quantity)
    }
  }
  return units
}
