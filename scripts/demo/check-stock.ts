import type { Books } from './books.ts'
import { type Entry, foundIn } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { StockLevels } from './shapes.ts'

type Level = StockLevels[number]

/** Every product's stock fell by exactly the units of the orders of this run that are confirmed; none is kept. */
export function checkStock(
  books: Pick<Books, 'products' | 'entries' | 'stockBefore' | 'stockAfter'>,
): Mismatch[] {
  const { products, entries, stockBefore, stockAfter } = books
  const mismatches: Mismatch[] = []
  const before = new Map(stockBefore.map(level => [level.productId, level]))
  const after = new Map(stockAfter.map(level => [level.productId, level]))
  const units = unitsByProduct(entries.filter(entry => foundIn(entry.order)?.status === 'confirmed'))

  for (const id of new Set([...products.map(product => product.id), ...before.keys(), ...after.keys()])) {
    const report = (code: string, message: string) =>
      mismatches.push({ code, about: `product ${id}`, message })
    const was = before.get(id)
    const is = after.get(id)
    if (was === undefined || is === undefined) {
      report('stock-missing', `has no stock level ${was === undefined ? 'before' : 'after'} the run`)
      continue
    }
    const fall = was.onHand - is.onHand
    const confirmed = units.get(id) ?? 0
    if (fall !== confirmed) {
      report('on-hand-differs', `on hand fell by ${fall}, the confirmed orders took ${confirmed}`)
    }
    if (is.reserved !== was.reserved) {
      report('reserved-differs', `reserved went from ${was.reserved} to ${is.reserved}`)
    }
    if (is.available !== is.onHand - is.reserved) {
      report('available-differs', `available is ${is.available}, not ${is.onHand} - ${is.reserved}`)
    }
    if (is.onHand < 0 || is.reserved > is.onHand) {
      report('oversold', `${is.reserved} reserved of ${is.onHand} on hand`)
    }
  }
  if (after.size !== stockAfter.length) {
    const message = `lists ${stockAfter.length} levels of ${after.size} products`
    mismatches.push({ code: 'stock-doubled', about: 'stock', message })
  }
  return [...mismatches, ...checkRejections(entries, after)]
}

/**
 * When an order was rejected for want of stock, at least as many units were there as at the end, less those that have
 * been given back: by orders that were cancelled, or rejected after their units had been reserved. One that even those
 * would have met was rejected wrongly.
 */
function checkRejections(entries: Entry[], after: Map<number, Level>): Mismatch[] {
  const mismatches: Mismatch[] = []
  const givenBack = unitsByProduct(entries.filter(mayHaveGivenBack))
  for (const { sent, order } of entries) {
    if (foundIn(order)?.reason !== 'insufficient-stock') continue
    const isShort = sent.lines.some(({ productId, quantity }) => {
      const left = after.get(productId)?.available ?? 0
      return left - (givenBack.get(productId) ?? 0) < quantity
    })
    if (isShort) continue
    mismatches.push({
      code: 'rejected-with-stock',
      about: `order ${sent.number}`,
      message: 'was rejected for insufficient stock, yet what is left would meet it',
    })
  }
  return mismatches
}

function mayHaveGivenBack({ answer, order, reservation }: Entry): boolean {
  if (answer.kind === 'refused') return false
  return foundIn(order)?.status !== 'confirmed' && foundIn(reservation)?.status !== 'rejected'
}

function unitsByProduct(entries: Entry[]): Map<number, number> {
  const units = new Map<number, number>()
  for (const { productId, quantity } of entries.flatMap(entry => entry.sent.lines)) {
    units.set(productId, (units.get(productId) ?? 0) + quantity)
  }
  return units
}
