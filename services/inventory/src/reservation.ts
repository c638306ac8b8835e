import type { Reservation } from '@shop/inventory-contract'

export interface WantedLine {
  productId: number
  quantity: number
}

/** Keeps the units of a whole order, or none of them when one product is short. */
export function reserve(
  orderId: string,
  wanted: WantedLine[],
  available: (productId: number) => number,
): Reservation {
  const lines = mergeLines(wanted)
  const isShort = lines.some(line => line.quantity > available(line.productId))
  if (isShort) return { orderId, status: 'rejected', reason: 'insufficient-stock', lines: [] }
  return { orderId, status: 'reserved', lines }
}

/** One line for each product: two lines of the same one ask for the sum. */
function mergeLines(lines: WantedLine[]): WantedLine[] {
  const units = new Map<number, number>()
  for (const { productId, quantity } of lines) units.set(productId, (units.get(productId) ?? 0) + quantity)
  return [...units].map(([productId, quantity]) => ({ productId, quantity }))
}
