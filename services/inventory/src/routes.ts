import { Problem } from '@shop/chassis/problem'
import { getReservation, getStock, listStock } from '@shop/inventory-contract'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import type { Store } from './store.ts'

export function routes(store: Store) {
  return new Elysia()
    .use(route(listStock, () => store.levels()))
    .use(
      route(getStock, ({ params }) => {
        const level = store.level(params.productId)
        if (!level)
          throw new Problem(404, 'product-unknown', `There is no stock of product ${params.productId}.`)
        return level
      }),
    )
    .use(
      route(getReservation, ({ params }) => {
        const reservation = store.reservation(params.orderId)
        if (!reservation) {
          throw new Problem(404, 'reservation-unknown', `Nothing was decided about order ${params.orderId}.`)
        }
        return reservation
      }),
    )
}
