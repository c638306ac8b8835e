import { Elysia } from 'elysia'
import { forward } from './forward.ts'
import type { Services } from './services.ts'

/** What the public may do. An endpoint that is not named here cannot be reached from outside. */
export function routes({ catalog, cart, orders, inventory }: Services) {
  return new Elysia()
    .use(forward(catalog.listProducts))
    .use(forward(catalog.getProduct))
    .use(forward(cart.getCart))
    .use(forward(cart.putCart))
    .use(forward(cart.deleteCart))
    .use(forward(orders.placeOrder))
    .use(forward(orders.getOrder))
    .use(forward(inventory.listStock))
    .use(forward(inventory.getStock))
    .use(forward(inventory.getReservation))
}
