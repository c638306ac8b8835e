import { Cart } from '@shop/cart-contract'
import { type Sidecar, type StateStore, stateStore } from 'elysia-dapr'

export type Store = StateStore<Cart>

/** Seconds that a cart is kept after its last change: 30 days. */
export const cartTtl = 30 * 24 * 60 * 60

/** Carts by customer, in whatever state store the component `carts` is. */
export function createStore(dapr: Sidecar): Store {
  return stateStore(dapr, 'carts', Cart)
}
