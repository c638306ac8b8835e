import type { AnyShop } from '../../tests/shop/any-shop.ts'
import { startShop } from '../../tests/shop/shop.ts'
import type { Sample, Setting } from './benchmark.ts'

/** Orders that wait for their confirmation at the same time. */
const inFlight = 16
/** Milliseconds between two looks at what is confirmed: one request, whatever is in flight. */
const pause = 25
/** Milliseconds without any confirmation. */
const patience = 30_000

const customerId = 'ALFKI'

/** Places orders through the gateway of a whole shop, each of one unit: what it has is enough for two thousand. */
export interface OrderingShop {
  /** Places so many, 16 at a time, the next once one is confirmed. @throws Error when one is not */
  place(count: number): Promise<Sample>
}

type Gateway = Pick<AnyShop, 'gateway'>

export async function startOrderingShop({ round, signal }: Setting): Promise<OrderingShop> {
  return await orderingShop(round.use(await startShop()), signal)
}

export async function orderingShop(shop: Gateway, signal: AbortSignal): Promise<OrderingShop> {
  const units = await unitsOf(shop)
  /** What to call when an order is confirmed. */
  const open = new Map<string, () => void>()

  async function place(count: number): Promise<Sample> {
    const sent = new Map<string, number>()
    let next = 0
    async function repeat() {
      while (next < count) {
        next += 1
        const productId = units.shift()
        if (productId === undefined) throw new Error('the shop has no more units')
        const sentAt = Date.now()
        const order = { customerId, lines: [{ productId, quantity: 1 }] }
        const { id } = await ask<{ id: string }>(shop, '/orders', order)
        sent.set(id, sentAt)
        await new Promise<void>(confirm => open.set(id, confirm))
      }
    }
    const began = Date.now()
    const placing = Promise.all(Array.from({ length: inFlight }, repeat))
    const watching = new AbortController()
    await Promise.race([placing, watch(AbortSignal.any([signal, watching.signal]))]).finally(() =>
      watching.abort(),
    )
    const confirmed: number[] = []
    for (const id of sent.keys()) confirmed.push(await confirmedAt(shop, id))
    const times = [...sent.values()].map((at, index) => (confirmed[index] ?? Number.NaN) - at)
    return { value: count / ((Math.max(...confirmed) - began) / 1_000), times }
  }

  /** Ends when an order fails. */
  async function watch(ending: AbortSignal): Promise<void> {
    for (let last = performance.now(); !ending.aborted; await Bun.sleep(pause)) {
      const orders = await ask<{ id: string; status: string; reason?: string }[]>(
        shop,
        `/orders?customerId=${customerId}&limit=100`,
      )
      for (const { id, status, reason } of orders) {
        const confirm = open.get(id)
        if (!confirm || status === 'placed') continue
        if (status !== 'confirmed') throw new Error(`an order is ${status}: ${reason}`)
        open.delete(id)
        last = performance.now()
        confirm()
      }
      if (performance.now() - last > patience) throw new Error(`${open.size} orders are not confirmed`)
    }
    signal.throwIfAborted()
  }

  return { place }
}

/** Every unit that can be ordered, by its product, in turns. */
async function unitsOf(shop: Gateway): Promise<number[]> {
  const products = await ask<{ id: number; discontinued: boolean }[]>(shop, '/products')
  const stock = await ask<{ productId: number; available: number }[]>(shop, '/stock')
  const orderable = new Set(products.filter(({ discontinued }) => !discontinued).map(({ id }) => id))
  return stock
    .filter(({ productId }) => orderable.has(productId))
    .flatMap(({ productId, available }) =>
      Array.from({ length: available }, (_, turn) => ({ productId, turn })),
    )
    .sort((a, b) => a.turn - b.turn)
    .map(({ productId }) => productId)
}

async function confirmedAt(shop: Gateway, id: string): Promise<number> {
  const history = await ask<{ type: string; at: string }[]>(shop, `/orders/${id}/history`)
  return Date.parse(history.find(({ type }) => type === 'order-confirmed')?.at ?? '')
}

async function ask<Answer>({ gateway }: Gateway, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${gateway}${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify(body),
    }),
  })
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Answer
}
