import { checkBooks } from '../../../scripts/demo/books.ts'
import { catchUp, follow, isDone } from '../../../scripts/demo/follow.ts'
import { createHttp } from '../../../scripts/demo/http.ts'
import { expectedRise, wrongRises } from '../../../scripts/demo/insights.ts'
import { type Entry, foundIn } from '../../../scripts/demo/ledger.ts'
import { loadNorthwind } from '../../../scripts/demo/northwind.ts'
import { createShopClient } from '../../../scripts/demo/shop-client.ts'
import type { AnyShop } from '../any-shop.ts'
import { provider, send, untilSettled } from '../checkouts.ts'
import { leftOver } from './left-over.ts'

/** `declined`: its customer's card is; `too many`: more units than there are. */
export type Kind = 'ordinary' | 'declined' | 'too many'

export interface Ledger {
  /** Places orders of different customers for different products, side by side. @returns their ids */
  place(...kinds: Kind[]): Promise<string[]>
  /** Waits until all orders are settled. @returns those that did not end as orders of their kind do */
  settle(): Promise<string[]>
  /**
   * Waits until all that follows from the orders is done: paid, fulfilled, sold.
   * @returns those that did not end as orders of their kind do, or of which something is still to be done
   */
  drain(): Promise<string[]>
  /** What does not add up in anybody's books once all is done, by id; what is left anywhere. */
  check(): Promise<string[]>
  /** How many orders were placed. */
  size(): number
  /** How often placing had to be tried again. */
  retries(): number
}

const concurrency = 8
const declinedCustomer = 'declined'

/**
 * Notes what is ordered of a shop from now on, and what each part of the shop has to say of it at the end.
 * @param patience longest time without any progress, in milliseconds
 */
export async function openLedger(shop: AnyShop, patience = 60_000): Promise<Ledger> {
  const client = createShopClient(createHttp(shop.gateway))
  const { products, orders } = await loadNorthwind()
  const customers = [...new Set(orders.map(({ customerId }) => customerId))]
  const stockBefore = await client.stock()
  const catalogue = await client.products()
  const before = await client.insights()
  const plentiful = products.filter(
    ({ id, discontinued }) =>
      !discontinued && (stockBefore.find(({ productId }) => productId === id)?.available ?? 0) >= 50,
  )
  await send(shop, 'PUT', `/cards/${declinedCustomer}`, { token: 'tok_declined_1' })
  const run = crypto.randomUUID()
  const parts = { shipping: true, insights: true }
  const kept: { entry: Entry; kind: Kind; id: string; isDone?: boolean }[] = []
  let count = 0

  async function placeOne(kind: Kind): Promise<string> {
    const number = ++count
    const sent = {
      ...{ number, key: `${run}-${number}`, country: 'Germany', isShipped: true },
      customerId: kind === 'declined' ? declinedCustomer : (customers[number % customers.length] ?? ''),
      lines: [
        {
          productId: plentiful[number % plentiful.length]?.id ?? 0,
          quantity: kind === 'too many' ? 10_000 : 1,
        },
      ],
    }
    const sentAt = performance.now()
    const { answer, retries } = await client.placeOrder(sent)
    if (answer.kind !== 'accepted') throw new Error(`order ${number}: ${JSON.stringify(answer)}`)
    kept.push({
      entry: { sent, answer, retries, sentAt, answeredAt: performance.now() },
      kind,
      id: answer.order.id,
    })
    return answer.order.id
  }

  const ends = { ordinary: 'confirmed', declined: 'card-declined', 'too many': 'insufficient-stock' }

  async function settle(): Promise<string[]> {
    const unexpected: string[] = []
    for (const { entry, kind, id } of kept) {
      if (entry.settledAt !== undefined) continue
      const { status, reason } = await untilSettled(shop, id, patience)
      entry.settledAt = performance.now()
      const end = reason ?? status
      if (end !== ends[kind]) unexpected.push(`order ${id}, ${kind}: ${end}`)
    }
    return unexpected
  }

  return {
    place: (...kinds) => Promise.all(kinds.map(placeOne)),
    settle,
    size: () => kept.length,
    retries: () => kept.reduce((sum, { entry }) => sum + entry.retries, 0),

    async drain() {
      const unexpected = await settle()
      const open = kept.filter(({ isDone }) => !isDone)
      await follow(
        client,
        open.map(({ entry }) => entry),
        { concurrency, patience, parts },
      )
      for (const each of open) each.isDone = isDone(each.entry, parts)
      const entries = kept.map(({ entry }) => entry)
      const after = await catchUp(client, entries, { before, patience })
      const wrong = wrongRises(before.totals, after.totals, expectedRise(entries))
      return [
        ...unexpected,
        ...open.filter(({ isDone }) => !isDone).map(({ id }) => `order ${id} is not done with`),
        ...wrong.map(([name, rise]) => `insights: ${name} rose by ${rise}`),
      ]
    },

    async check() {
      const entries = kept.map(({ entry }) => entry)
      await follow(client, entries, { concurrency, patience, parts })
      const after = await catchUp(client, entries, { before, patience })
      const stockAfter = await client.stock()
      const insights = { before, after }
      const mismatches = checkBooks({
        products,
        catalogue,
        parts,
        entries,
        stockBefore,
        stockAfter,
        insights,
      })
      const idOf = new Map(kept.map(({ entry, id }) => [`order ${entry.sent.number}`, id]))
      return [
        ...mismatches.map(({ about, message }) => `${about} ${idOf.get(about) ?? ''}: ${message}`),
        ...(await Promise.all(kept.map(({ entry, id }) => checkCharges(entry, id)))).flat(),
        ...(await leftOver(shop)),
      ]
    },
  }

  /** What the provider says itself: the money of a confirmed order is taken once, and of no other one. */
  async function checkCharges({ order: read }: Entry, id: string): Promise<string[]> {
    const order = foundIn(read)
    if (!order) return []
    const charges = await provider(shop).charges(id)
    const price = order.totalCents + order.shippingCents
    const isRight =
      order.status === 'confirmed'
        ? charges.length === 1 && charges.every(({ capturedCents }) => capturedCents === price)
        : charges.every(({ status, capturedCents }) => status !== 'authorised' && capturedCents === 0)
    if (isRight && charges.every(({ refundedCents }) => refundedCents === 0)) return []
    return [`order ${id} is ${order.status}, the provider has ${JSON.stringify(charges)}`]
  }
}
