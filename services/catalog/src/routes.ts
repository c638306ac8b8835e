import { getProduct, listProducts, quoteLines } from '@shop/catalog-contract'
import { Problem } from '@shop/chassis/problem'
import { Elysia } from 'elysia'
import { route } from 'elysia-dapr'
import { quote } from './quote.ts'
import type { Store } from './store.ts'

export function routes(store: Store) {
  return new Elysia()
    .use(route(listProducts, () => store.list()))
    .use(
      route(getProduct, async ({ params }) => {
        const product = await store.find(params.id)
        if (!product) throw new Problem(404, 'product-unknown', `There is no product ${params.id}.`)
        return product
      }),
    )
    .use(
      route(quoteLines, async ({ body }) => {
        const products = await store.findAll(body.lines.map(({ productId }) => productId))
        const result = quote(body.lines, id => products.get(id))
        if ('refused' in result) {
          const { refused, productIds } = result
          throw new Problem(422, refused, `Cannot be ordered: ${productIds.join(', ')}.`, { productIds })
        }
        return result
      }),
    )
}
