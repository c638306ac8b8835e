import { checkCatalogue } from './check-catalogue.ts'
import { checkOrders } from './check-orders.ts'
import { checkReservations } from './check-reservations.ts'
import { checkStock } from './check-stock.ts'
import type { Entry } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { NorthwindProduct } from './northwind.ts'
import type { Products, StockLevels } from './shapes.ts'

export interface Books {
  /** The products of the data file that the shop was seeded from. */
  products: NorthwindProduct[]
  /** GET /products. */
  catalogue: Products
  /** One for each order sent, read back after the last one settled. */
  entries: Entry[]
  /** GET /stock before the first order and after the last one settled. */
  stockBefore: StockLevels
  stockAfter: StockLevels
}

/**
 * Checks what the shop says against what the client sent and was told, by id. Pure: no I/O, no clock.
 * Empty when the books balance. Assumes that nobody else ordered between the two looks at the stock.
 */
export function checkBooks(books: Books): Mismatch[] {
  return [...checkCatalogue(books), ...checkOrders(books), ...checkReservations(books), ...checkStock(books)]
}
