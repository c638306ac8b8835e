import { checkCatalogue } from './check-catalogue.ts'
import { checkInsights } from './check-insights.ts'
import { checkOrders } from './check-orders.ts'
import { checkPayments } from './check-payments.ts'
import { checkReservations } from './check-reservations.ts'
import { checkShipments } from './check-shipments.ts'
import { checkStock } from './check-stock.ts'
import type { Insights } from './insights.ts'
import type { Entry } from './ledger.ts'
import type { Mismatch } from './mismatch.ts'
import type { NorthwindProduct } from './northwind.ts'
import type { Products, StockLevels } from './shapes.ts'
import type { Parts } from './shop-client.ts'

export interface Books {
  /** The products of the data file that the shop was seeded from. */
  products: NorthwindProduct[]
  /** GET /products. */
  catalogue: Products
  /** Without shipping its price has to be flat; without insights there is nothing of it to check. */
  parts: Parts
  /** One for each order sent, read back after all that follows from the last one. */
  entries: Entry[]
  /** GET /stock before the first order and after all that follows from the last one. */
  stockBefore: StockLevels
  stockAfter: StockLevels
  /** The same of the insights, where they are there. */
  insights?: { before: Insights; after: Insights }
}

/**
 * Checks what the shop says against what the client sent and was told, by id. Pure: no I/O, no clock.
 * Empty when the books balance. Assumes that nobody else ordered between the two looks at the stock
 * and the insights.
 */
export function checkBooks(books: Books): Mismatch[] {
  return [
    ...checkCatalogue(books),
    ...checkOrders(books),
    ...checkReservations(books),
    ...checkPayments(books),
    ...checkShipments(books),
    ...checkStock(books),
    ...checkInsights(books),
  ]
}
