import { join } from 'node:path'
import type { Line } from './ledger.ts'

export interface NorthwindProduct {
  id: number
  name: string
  unitPriceCents: number
  discontinued: boolean
}

export interface NorthwindOrder {
  id: number
  customerId: string
  /** Where it went, in English. */
  country: string
  /** Whether it was ever sent. */
  isShipped: boolean
  lines: Line[]
}

interface OrderRecord {
  id: number
  customerId: string
  shipCountry: string
  /** As in 1996-07-16. */
  shippedOn: string | null
  lines: Line[]
}

export interface Northwind {
  products: NorthwindProduct[]
  /** Oldest first. Prices and discounts of the old orders are left out: the shop sells at today's prices. */
  orders: NorthwindOrder[]
}

/** Reads the sample data that the services are seeded from. */
export async function loadNorthwind(directory = 'data/northwind'): Promise<Northwind> {
  const products: NorthwindProduct[] = await Bun.file(join(directory, 'products.json')).json()
  const orders = (await Bun.file(join(directory, 'orders.ndjson')).text())
    .split('\n')
    .filter(line => line !== '')
    .map(line => toOrder(JSON.parse(line)))
  return { products, orders }
}

function toOrder({ id, customerId, shipCountry, shippedOn, lines }: OrderRecord): NorthwindOrder {
  return { id, customerId, country: shipCountry, isShipped: shippedOn !== null, lines: mergeLines(lines) }
}

/** One line for each product, in the order of first mention. Drops every other property of a line. */
export function mergeLines(lines: Line[]): Line[] {
  const quantities = new Map<number, number>()
  for (const { productId, quantity } of lines) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  }
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }))
}
