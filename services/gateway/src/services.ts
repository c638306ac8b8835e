import * as cartContract from '@shop/cart-contract'
import * as catalogContract from '@shop/catalog-contract'
import * as inventoryContract from '@shop/inventory-contract'
import * as ordersContract from '@shop/orders-contract'
import { client, type Sidecar } from 'elysia-dapr'

export type Services = ReturnType<typeof createServices>

/** The services behind the gateway, called through its sidecar. */
export function createServices(dapr: Sidecar) {
  return {
    catalog: client(dapr, 'catalog', catalogContract),
    cart: client(dapr, 'cart', cartContract),
    orders: client(dapr, 'orders', ordersContract),
    inventory: client(dapr, 'inventory', inventoryContract),
  }
}
