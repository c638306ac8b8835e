import { deleteCart, getCart, putCart } from '@shop/cart-contract'
import { Problem } from '@shop/chassis/problem'
import { Elysia } from 'elysia'
import { ETagMismatchError, route } from 'elysia-dapr'
import { fromHttp, toHttp } from './etag.ts'
import { cartTtl, type Store } from './store.ts'

export function routes(store: Store) {
  async function read(customerId: string) {
    const entry = await store.get(customerId)
    if (!entry) throw new Problem(404, 'cart-unknown', `${customerId} has no cart.`)
    return entry
  }

  return new Elysia()
    .use(
      route(getCart, async ({ params, set }) => {
        const { value, etag } = await read(params.customerId)
        set.headers.etag = toHttp(etag)
        return value
      }),
    )
    .use(
      route(putCart, async ({ params, headers, body, set }) => {
        const cart = { customerId: params.customerId, items: body.items }
        await store.save(params.customerId, cart, { ...precondition(headers), ttl: cartTtl }).catch(refuse)
        // The state API answers no new ETag, and whoever writes in between has one of their own: read, and compare.
        const stored = await store.get(params.customerId).catch(() => undefined)
        if (stored && Bun.deepEquals(stored.value, cart)) set.headers.etag = toHttp(stored.etag)
        return cart
      }),
    )
    .use(
      route(deleteCart, ({ params, headers }) => {
        const etag = headers['if-match']
        return store
          .delete(params.customerId, etag === undefined ? {} : { etag: fromHttp(etag) })
          .catch(refuse)
      }),
    )
}

function precondition(headers: { 'if-match'?: string; 'if-none-match'?: '*' }) {
  if (headers['if-match'] !== undefined) return { etag: fromHttp(headers['if-match']) }
  if (headers['if-none-match'] !== undefined) return { ifAbsent: true }
  throw new Problem(
    428,
    'precondition-required',
    'Send if-match with the etag that you read, or if-none-match: * for a new cart.',
  )
}

function refuse(error: unknown): never {
  if (!(error instanceof ETagMismatchError)) throw error
  throw new Problem(
    409,
    'cart-changed',
    'The cart has changed since you read it. Read it again and repeat your change.',
  )
}
