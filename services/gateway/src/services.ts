import * as cartContract from '@shop/cart-contract'
import * as catalogContract from '@shop/catalog-contract'
import * as insightsContract from '@shop/insights-contract'
import * as inventoryContract from '@shop/inventory-contract'
import * as ordersContract from '@shop/orders-contract'
import * as paymentsContract from '@shop/payments-contract'
import { client, type Sidecar } from 'elysia-dapr'

export type Services = ReturnType<typeof createServices>

/** The services behind the gateway that speak HTTP, called through its sidecar. */
export function createServices(dapr: Sidecar) {
  return {
    catalog: client(dapr, 'catalog', catalogContract),
    cart: client(dapr, 'cart', cartContract),
    orders: client(dapr, 'orders', ordersContract),
    inventory: client(dapr, 'inventory', inventoryContract),
    payments: client(dapr, 'payments', paymentsContract),
    insights: client(dapr, 'insights', insightsContract),
  }
}
