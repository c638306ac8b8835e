import { getShipment } from '@shop/shipping-contract'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import { forward } from './forward.ts'
import type { Services } from './services.ts'
import type { Shipping } from './shipping.ts'

export interface Offer {
  services: Services
  shipping: Shipping
  /** OpenAPI document of all that is offered here, as JSON. */
  openApi: string
}

/** What the public may do. An endpoint that is not named here cannot be reached from outside. */
export function routes({ services, shipping, openApi }: Offer) {
  const { catalog, cart, orders, inventory, payments, insights } = services
  return new Elysia()
    .use(forward(catalog.listProducts))
    .use(forward(catalog.getProduct))
    .use(forward(cart.getCart))
    .use(forward(cart.putCart))
    .use(forward(cart.deleteCart))
    .use(forward(orders.placeOrder))
    .use(forward(orders.getOrder))
    .use(forward(orders.listOrders))
    .use(forward(orders.cancelOrder))
    .use(forward(orders.getOrderHistory))
    .use(forward(orders.getCheckout))
    .use(forward(inventory.listStock))
    .use(forward(inventory.getStock))
    .use(forward(inventory.getReservation))
    .use(forward(payments.putCard))
    .use(forward(payments.getPayment))
    .use(forward(insights.getSales))
    .use(forward(insights.getTotals))
    .use(route(getShipment, ({ params, request }) => shipping.get(params.orderId, request.signal)))
    .get('/openapi.json', ({ set }) => {
      set.headers['content-type'] = 'application/json'
      return openApi
    })
}
