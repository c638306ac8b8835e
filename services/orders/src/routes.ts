import { Problem } from '@shop/chassis/problem'
import { getOrder, type Order, placeOrder } from '@shop/orders-contract'
import { Elysia } from 'elysia'
import { type RouteContext, route } from 'elysia-dapr'
import { place } from './order.ts'
import type { Store } from './store.ts'

export interface RouteDependencies {
  store: Store
  /** Prices the lines at the catalogue's prices; rejects when one cannot be ordered. */
  quote: (lines: { productId: number; quantity: number }[]) => Promise<Pick<Order, 'lines' | 'totalCents'>>
  /** Told that the outbox has something to publish. */
  committed: () => void
  now: () => Date
  newId: () => string
}

export function routes({ store, quote, committed, now, newId }: RouteDependencies) {
  async function placeOnce({ headers, body, set }: RouteContext<typeof placeOrder.schemas>) {
    const idempotencyKey = headers['idempotency-key']
    const requestDigest = digest(body)

    function answerFirst(): Order | undefined {
      const first = store.findByKey(idempotencyKey)
      if (!first) return undefined
      if (first.requestDigest !== requestDigest) {
        throw new Problem(
          422,
          'idempotency-key-reused',
          'Another order was placed under this idempotency-key.',
        )
      }
      set.status = 200
      set.headers.location = `/orders/${first.order.id}`
      return first.order
    }

    const first = answerFirst()
    if (first) return first

    const { lines, totalCents } = await quote(body.lines)
    const order = place({
      id: newId(),
      customerId: body.customerId,
      lines,
      totalCents,
      placedAt: now().toISOString(),
    })
    // While the prices were asked for, the same request may have come again and been faster.
    if (!store.add(order, { idempotencyKey, requestDigest })) return answerFirst() ?? order
    committed()
    set.headers.location = `/orders/${order.id}`
    return order
  }

  return new Elysia().use(route(placeOrder, placeOnce)).use(
    route(getOrder, ({ params }) => {
      const order = store.find(params.id)
      if (!order) throw new Problem(404, 'order-unknown', `There is no order ${params.id}.`)
      return order
    }),
  )
}

function digest(body: unknown): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(body)).digest('base64url')
}
