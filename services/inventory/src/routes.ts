import { Problem } from '@shop/chassis/problem'
import {
  getReservation,
  getStock,
  listStock,
  releaseStock,
  reserveStock,
  restock,
} from '@shop/inventory-contract'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import { ReservationRefused } from './reservation.ts'
import type { Store } from './store.ts'

export function routes(store: Store) {
  return new Elysia()
    .use(route(listStock, () => store.levels()))
    .use(
      route(
        getStock,
        async ({ params }) => (await store.level(params.productId)) ?? unknown(params.productId),
      ),
    )
    .use(
      route(restock, async ({ params: { productId }, headers, body: { quantity } }) => {
        const idempotencyKey = headers['idempotency-key']
        const outcome = await store.deliver({ idempotencyKey, productId, quantity })
        if (outcome === 'product-unknown') return unknown(productId)
        if (outcome !== 'idempotency-key-reused') return outcome
        throw new Problem(422, outcome, 'Another delivery has arrived under this idempotency-key.')
      }),
    )
    .use(
      route(reserveStock, async ({ body: { orderId, lines } }) =>
        present(await store.execute(orderId, { command: 'reserve', lines })),
      ),
    )
    .use(
      route(releaseStock, async ({ params: { orderId } }) =>
        present(await store.execute(orderId, { command: 'release' }).catch(refuse)),
      ),
    )
    .use(
      route(getReservation, async ({ params: { orderId } }) => {
        const reservation = await store.reservation(orderId)
        if (reservation) return reservation
        throw new Problem(404, 'reservation-unknown', `Nothing was decided about order ${orderId}.`)
      }),
    )
}

function unknown(productId: number): never {
  throw new Problem(404, 'product-unknown', `There is no stock of product ${productId}.`)
}

function refuse(error: unknown): never {
  if (error instanceof ReservationRefused) throw new Problem(409, error.code, error.message)
  throw error
}

/** Reserving and releasing leave a reservation, whatever was before. */
function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the command has left no reservation')
  return value
}
