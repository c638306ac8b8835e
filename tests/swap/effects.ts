import type { AnyShop } from '../shop/any-shop.ts'
import { ask, books } from '../shop/checkouts.ts'

/** Everything that events of some orders can change. */
export interface Effects {
  orders: Record<string, unknown>
  stock: unknown
  totals: unknown
}

export async function effectsOf(shop: AnyShop, ids: readonly string[]): Promise<Effects> {
  const [stock, totals, ...orders] = await Promise.all([
    ask(shop, '/stock').then(({ body }) => body),
    ask(shop, '/totals').then(({ body }) => body),
    ...ids.map(async id => {
      const whole = async (path: string) => (await ask(shop, path)).body
      return [id, { ...(await books(shop, id)), payment: await whole(`/payments/${id}`) }] as const
    }),
  ])
  return { orders: Object.fromEntries(orders), stock, totals }
}

/** What is otherwise after events came again that had their effect before. */
export function furtherEffects(before: Effects, after: Effects): string[] {
  const changed = Object.keys(before.orders)
    .filter(id => !Bun.deepEquals(before.orders[id], after.orders[id]))
    .map(id => `order ${id}: ${JSON.stringify(after.orders[id])}, not ${JSON.stringify(before.orders[id])}`)
  if (!Bun.deepEquals(before.stock, after.stock)) changed.push('the stock is another one')
  if (!Bun.deepEquals(before.totals, after.totals))
    changed.push(`insights: ${JSON.stringify(after.totals)}, not ${JSON.stringify(before.totals)}`)
  return changed
}
