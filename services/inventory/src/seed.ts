import { join } from 'node:path'
import { ConflictError } from '@shop/journal/conflict'
import type { Store } from './store.ts'

/** Fills an empty warehouse; one that has stock is left as it is. Returns for how many products it did. */
export async function seed(store: Store, folder: string): Promise<number> {
  if (!(await store.isEmpty())) return 0
  const products = (await Bun.file(join(folder, 'products.json')).json()) as {
    id: number
    unitsInStock: number
  }[]
  const opening = products.map(({ id, unitsInStock }) => ({
    productId: id,
    onHand: openingStock(unitsInStock),
  }))
  try {
    await store.add(opening)
  } catch (error) {
    // another replica may have been faster
    if (error instanceof ConflictError && !(await store.isEmpty())) return 0
    throw error
  }
  return opening.length
}

/** Enough for about nine in ten of Northwind's 563 orders that can be placed; nine products run short. */
export function openingStock(unitsInStock: number): number {
  return unitsInStock * 10 + 450
}
