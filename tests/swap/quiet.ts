import type { AnyShop } from '../shop/any-shop.ts'
import { type Answer, ask } from '../shop/checkouts.ts'
import { until } from '../shop/shop.ts'

/** Waits until all that follows from orders that have come to their end is done. */
export async function untilQuiet(shop: AnyShop): Promise<void> {
  await until('all is paid, fulfilled and sold', async () => {
    const [stock, totals] = await Promise.all([ask(shop, '/stock'), ask(shop, '/totals')])
    return isQuiet(stock, totals)
  })
}

/** By what `/stock` and `/totals` answered. */
export function isQuiet(stock: Answer, totals: Answer): boolean {
  if (stock.status !== 200 || totals.status !== 200) return false
  const products: { reserved: number }[] = stock.body
  const { placed = 0, confirmed = 0, rejected = 0, cancelled = 0, parked = 0 } = totals.body
  const { goodsCents = 0, shippingCents = 0, capturedCents = 0, refundedCents = 0 } = totals.body
  return (
    products.every(({ reserved }) => reserved === 0) &&
    placed === confirmed + rejected + cancelled &&
    capturedCents - refundedCents === goodsCents + shippingCents &&
    parked === 0
  )
}
