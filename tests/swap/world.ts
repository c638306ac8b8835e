import { type Ledger, openLedger } from '../shop/faults/ledger.ts'
import type { Shop } from '../shop/shop.ts'

/** A shop that runs on a set of components. */
export interface World {
  /** Folder below `components`. */
  set: string
  shop: Shop
  signal: AbortSignal
  /** What is to end before the shop does. */
  cleanup: AsyncDisposableStack
  /**
   * Longest time without any progress of an order, in milliseconds. @default 90_000, longer than an event that a broker
   * has kept from its consumer takes until it is published once more
   */
  patience?: number
}

/** Makes something once for each shop, when it is first asked for; who asks later gets the same, or the same failure. */
export function perWorld<Made>(make: (world: World) => Promise<Made>): (world: World) => Promise<Made> {
  const made = new WeakMap<World, Promise<Made>>()
  return world => {
    const known = made.get(world) ?? make(world)
    made.set(world, known)
    return known
  }
}

/** The books of all orders that rows place, from the first row that asks for them on. */
export const ledgerOf: (world: World) => Promise<Ledger> = perWorld(({ shop, patience = 90_000 }) =>
  openLedger(shop, patience),
)
