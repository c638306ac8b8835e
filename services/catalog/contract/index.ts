import { type Static, Type } from '@sinclair/typebox'
import { endpoint, problem } from 'elysia-dapr/contract'

export const ProductId = Type.Integer({ minimum: 1, description: 'Number of a product' })

export type Product = Static<typeof Product>
export const Product = Type.Object({
  id: ProductId,
  name: Type.String(),
  category: Type.String(),
  quantityPerUnit: Type.String(),
  unitPriceCents: Type.Integer({ minimum: 0, description: 'US dollar cents' }),
  discontinued: Type.Boolean(),
})

export type QuotedLine = Static<typeof QuotedLine>
export const QuotedLine = Type.Object({
  productId: ProductId,
  quantity: Type.Integer({ minimum: 1 }),
  unitPriceCents: Type.Integer({ minimum: 0 }),
})

export type Quote = Static<typeof Quote>
export const Quote = Type.Object({
  lines: Type.Array(QuotedLine),
  totalCents: Type.Integer({ minimum: 0 }),
})

export const listProducts = endpoint({
  method: 'GET',
  path: '/products',
  response: Type.Array(Product),
})

export const getProduct = endpoint({
  method: 'GET',
  path: '/products/:id',
  params: Type.Object({ id: ProductId }),
  response: Product,
  errors: { 404: problem('product-unknown') },
})

/** The lines of an order at today's prices, or the reason why they cannot be ordered. */
export const quoteLines = endpoint({
  method: 'POST',
  path: '/quotes',
  body: Type.Object({
    lines: Type.Array(
      Type.Object({ productId: ProductId, quantity: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
      {
        minItems: 1,
        maxItems: 100,
      },
    ),
  }),
  response: Quote,
  errors: { 422: problem('product-unknown', 'product-discontinued') },
})
