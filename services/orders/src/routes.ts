import { Problem } from '@shop/chassis/problem'
import {
  cancelOrder,
  getCheckout,
  getOrder,
  getOrderHistory,
  listOrders,
  type Order,
  placeOrder,
} from '@shop/orders-contract'
import type { Static } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { type RouteContext, route } from 'elysia-dapr'
import { OrderRuleError } from './order.ts'
import type { Store } from './store.ts'
import type { Checkout } from './workflows/find-checkout.ts'

export interface RouteDependencies {
  store: Store
  findCheckout: (orderId: string) => Promise<Checkout | undefined>
  /** Prices the lines at the catalogue's prices; rejects when one cannot be ordered. */
  quote: (lines: { productId: number; quantity: number }[]) => Promise<Pick<Order, 'lines' | 'totalCents'>>
  /** What sending so many units costs, in cents. */
  quoteShipping: (units: number, country: string | undefined) => Promise<number>
  /** Resolves when queries see the event at a position. */
  projected: (position: number) => Promise<void>
  newId: () => string
}

export function routes(dependencies: RouteDependencies) {
  const { store, findCheckout, projected } = dependencies

  async function read(id: string): Promise<Order> {
    const order = (await store.find(id)) ?? (await store.read(id))
    if (!order) throw new Problem(404, 'order-unknown', `There is no order ${id}.`)
    return order
  }

  return new Elysia()
    .use(route(placeOrder, context => placeOnce(context, dependencies)))
    .use(route(getOrder, ({ params }) => read(params.id)))
    .use(route(listOrders, ({ query: { limit = 20, ...query } }) => store.list({ ...query, limit })))
    .use(
      route(cancelOrder, async ({ params: { id }, body: { reason = 'cancelled by the customer' } }) => {
        const { position } = await store.execute(id, { command: 'cancel', reason }).catch(refuse)
        if (position !== undefined) await projected(position)
        return await current(store, id)
      }),
    )
    .use(
      route(getOrderHistory, async ({ params }) => {
        const history = await store.history(params.id)
        if (history.length === 0) throw new Problem(404, 'order-unknown', `There is no order ${params.id}.`)
        return history
      }),
    )
    .use(
      route(getCheckout, async ({ params }) => {
        const checkout = await findCheckout(params.id)
        if (!checkout) throw new Problem(404, 'checkout-unknown', `Order ${params.id} has no checkout.`)
        return checkout
      }),
    )
}

async function placeOnce(
  { headers, body, set }: RouteContext<typeof placeOrder.schemas>,
  { store, quote, quoteShipping, projected, newId }: RouteDependencies,
): Promise<Order> {
  const request = { idempotencyKey: headers['idempotency-key'], digest: digestOf(body) }

  async function answerFirst(): Promise<Order | undefined> {
    const first = await store.findRequest(request.idempotencyKey)
    if (!first) return undefined
    if (first.digest !== request.digest) {
      throw new Problem(422, 'idempotency-key-reused', 'Another order was placed under this idempotency-key.')
    }
    set.status = 200
    set.headers.location = `/orders/${first.orderId}`
    return await current(store, first.orderId)
  }

  const first = await answerFirst()
  if (first) return first

  const { customerId, country } = body
  const units = body.lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const [{ lines, totalCents }, shippingCents] = await Promise.all([
    quote(body.lines),
    quoteShipping(units, country),
  ])
  const goods = { customerId, ...(country !== undefined && { country }), lines, totalCents, shippingCents }
  const id = newId()
  const placed = await store.place(id, goods, request)
  if (!placed) {
    // While the prices were asked for, the same request came again and was faster.
    const earlier = await answerFirst()
    if (earlier) return earlier
    throw new Error('an idempotency-key was taken, and is free again')
  }
  if (placed.position !== undefined) await projected(placed.position)
  set.headers.location = `/orders/${id}`
  return await current(store, id)
}

/** What a command has led to is answered from the events: the read model may be behind them. */
async function current(store: Store, id: string): Promise<Order> {
  const order = await store.read(id)
  if (!order) throw new Error(`the order ${id} has no events`)
  return order
}

function refuse(error: unknown): never {
  if (!(error instanceof OrderRuleError)) throw error
  throw new Problem(error.code === 'order-unknown' ? 404 : 409, error.code, error.message)
}

/** The same for the same order, however its JSON is written. */
function digestOf({ customerId, country, lines }: Static<typeof placeOrder.schemas.body>): string {
  const wanted = [customerId, country, lines.map(({ productId, quantity }) => [productId, quantity])]
  return new Bun.CryptoHasher('sha256').update(JSON.stringify(wanted)).digest('base64url')
}
