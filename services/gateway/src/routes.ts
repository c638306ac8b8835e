import { deleteCart, getCart, putCart } from '@shop/cart-contract'
import { getProduct, listProducts } from '@shop/catalog-contract'
import { getReservation, getStock, listStock } from '@shop/inventory-contract'
import { getOrder, placeOrder } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { forward } from './forward.ts'
import type { Services } from './services.ts'

/** What the public may do. An endpoint that is not named here cannot be reached from outside. */
export function routes({ catalog, cart, orders, inventory }: Services) {
  return new Elysia()
    .use(forward(listProducts, catalog.listProducts))
    .use(forward(getProduct, catalog.getProduct))
    .use(forward(getCart, cart.getCart))
    .use(forward(putCart, cart.putCart))
    .use(forward(deleteCart, cart.deleteCart))
    .use(forward(placeOrder, orders.placeOrder))
    .use(forward(getOrder, orders.getOrder))
    .use(forward(listStock, inventory.listStock))
    .use(forward(getStock, inventory.getStock))
    .use(forward(getReservation, inventory.getReservation))
}
