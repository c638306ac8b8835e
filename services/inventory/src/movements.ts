import type { Reservation } from '@shop/inventory-contract'

/** By how much the stock of a product changes. */
export interface Movement {
  productId: number
  onHand: number
  reserved: number
}

/** What the stock has to follow when a reservation changes, in the order of the products. */
export function movements(before: Reservation | undefined, after: Reservation): Movement[] {
  const byProduct = new Map<number, Movement>()

  function add({ status, lines }: Reservation, sign: 1 | -1): void {
    for (const { productId, quantity } of lines) {
      const movement = byProduct.get(productId) ?? { productId, onHand: 0, reserved: 0 }
      if (status === 'reserved') movement.reserved += sign * quantity
      if (status === 'fulfilled') movement.onHand -= sign * quantity
      byProduct.set(productId, movement)
    }
  }

  if (before) add(before, -1)
  add(after, 1)
  return [...byProduct.values()]
    .filter(({ onHand, reserved }) => onHand !== 0 || reserved !== 0)
    .sort((one, other) => one.productId - other.productId)
}
