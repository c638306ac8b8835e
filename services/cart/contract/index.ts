import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem } from 'elysia-dapr/contract'

const params = Type.Object({ customerId: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) })

/** One strong entity tag, as the `etag` header of an answer gives it (RFC 9110, section 8.8.3). */
const ETag = Type.String({ pattern: '^"[\\x21\\x23-\\x7e]+"$' })

export const CartItems = Type.Array(
  Type.Object({
    productId: Type.Integer({ minimum: 1 }),
    quantity: Type.Integer({ minimum: 1, maximum: 10_000 }),
  }),
  { maxItems: 100 },
)

export type Cart = Static<typeof Cart>
export const Cart = Type.Object({ customerId: Type.String(), items: CartItems })

/** The answer's `etag` header names the version that a change has to start from. */
export const getCart = endpoint({
  method: 'GET',
  path: '/carts/:customerId',
  params,
  response: Cart,
  errors: { 404: problem('cart-unknown') },
})

/** Replaces the version named by `if-match`, or makes a new cart with `if-none-match: *`. */
export const putCart = endpoint({
  method: 'PUT',
  path: '/carts/:customerId',
  params,
  headers: Type.Object({
    'if-match': Type.Optional(ETag),
    'if-none-match': Type.Optional(Type.Literal('*')),
  }),
  body: Type.Object({ items: CartItems }),
  response: Cart,
  errors: { 409: problem('cart-changed'), 428: problem('precondition-required') },
})

/** With `if-match`, only the version that it names. */
export const deleteCart = endpoint({
  method: 'DELETE',
  path: '/carts/:customerId',
  params,
  headers: Type.Object({ 'if-match': Type.Optional(ETag) }),
  errors: { 409: problem('cart-changed') },
})
