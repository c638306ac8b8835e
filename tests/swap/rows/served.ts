import { type Answer, ask, place, send, untilBooks, untilSettled } from '../../shop/checkouts.ts'
import { until } from '../../shop/shop.ts'
import { assertNone, type Row } from '../row.ts'
import type { World } from '../world.ts'

const tea = { productId: 1, quantity: 2 }
const syrup = { productId: 3, quantity: 1 }
const passes = { words: '✓' }

export const served: Row[] = [
  {
    id: 'rest',
    title: 'REST through the gateway',
    async run(world) {
      const { body: products } = await expectStatus(200, ask(world.shop, '/products'))
      const { body: stock } = await expectStatus(200, ask(world.shop, '/stock'))
      if (products.length === 0 || products.length !== stock.length)
        throw new Error(`there are ${products.length} products and ${stock.length} stock levels`)
      await expectStatus(404, ask(world.shop, '/carts/REST'))
      await expectStatus(200, putCart(world, 'REST', { 'if-none-match': '*' }, [tea]))
      const { body: cart } = await expectStatus(200, ask(world.shop, '/carts/REST'))
      if (!Bun.deepEquals(cart.items, [tea])) throw new Error(`the cart is ${JSON.stringify(cart)}`)
      await expectStatus(204, ask(world.shop, '/carts/REST', { method: 'DELETE' }))
      await expectStatus(404, ask(world.shop, '/carts/REST'))
      return passes
    },
  },
  {
    id: 'saga',
    title: 'checkout saga, to its confirmation',
    async run({ shop }) {
      const id = await place(shop)
      const { status } = await untilSettled(shop, id)
      if (status !== 'confirmed') throw new Error(`the order is ${status}`)
      const { events } = await untilBooks(
        shop,
        id,
        ({ payment, reservation }) => payment === 'captured' && reservation === 'fulfilled',
      )
      const expected = 'order-placed, stock-reserved, payment-authorised, shipping-arranged, order-confirmed'
      if (events.join(', ') !== expected) throw new Error(`its history is ${events.join(', ')}`)
      return passes
    },
  },
  {
    id: 'grpc',
    title: 'gRPC through two sidecars',
    async run({ shop }) {
      const id = await place(shop)
      const { shippingCents } = await untilSettled(shop, id)
      const { body } = await expectStatus(200, ask(shop, `/shipments/${id}`))
      if (body.status === 'arranged' && body.priceCents === shippingCents) return passes
      throw new Error(`the order pays ${shippingCents} cents for ${JSON.stringify(body)}`)
    },
  },
  {
    id: 'compensation',
    title: 'saga undone: card declined, too few units',
    async run({ shop }) {
      await expectStatus(204, send(shop, 'PUT', '/cards/SWAP', { token: 'tok_declined_for_ever' }))
      const kinds = [
        { reason: 'card-declined', wanted: { customerId: 'SWAP' } },
        { reason: 'insufficient-stock', wanted: { quantity: 10_000 } },
      ]
      const stock = async () => (await ask(shop, '/stock')).body as { reserved: number }[]
      await until('nothing is reserved', async () => (await stock()).every(({ reserved }) => reserved === 0))
      const before = await stock()
      for (const { reason, wanted } of kinds) {
        const id = await place(shop, wanted)
        const order = await untilSettled(shop, id)
        if (order.reason !== reason) throw new Error(`it is ${order.status}, ${order.reason}; not ${reason}`)
        const { charges } = await untilBooks(shop, id, ({ reservation }) => reservation !== 'reserved')
        if (charges.some(({ status, capturedCents }) => status === 'authorised' || capturedCents > 0))
          throw new Error(`${reason}: money is held, ${JSON.stringify(charges)}`)
      }
      await until('the stock is as before', async () => Bun.deepEquals(await stock(), before))
      return passes
    },
  },
  {
    id: 'etag',
    title: 'ETag conflict: of two edits at once one gets 409',
    async run(world) {
      const { etag } = await expectStatus(200, putCart(world, 'ETAG', { 'if-none-match': '*' }, []))
      const edits = await Promise.all(
        [[tea], [syrup]].map(items => putCart(world, 'ETAG', { 'if-match': etag }, items)),
      )
      const { body: kept } = await ask(world.shop, '/carts/ETAG')
      assertNone(wrongEdits(edits, kept))
      return passes
    },
  },
  {
    id: 'ttl',
    title: 'value with two seconds to live: gone after',
    async run({ shop }) {
      const value = { key: 'swap-ttl', value: 1, metadata: { ttlInSeconds: '2' } }
      const saved = performance.now()
      const { status } = await shop.askSidecar('cart', '/v1.0/state/carts', [value])
      if (status !== 204) throw new Error(`it was answered ${status}`)
      const read = () => shop.askSidecar('cart', '/v1.0/state/carts/swap-ttl')
      if ((await read()).status !== 200) throw new Error('it was never there')
      await until('it is gone', async () => (await read()).status === 204)
      const seconds = (performance.now() - saved) / 1_000
      return { words: `${seconds.toFixed(1)} s`, values: { seconds } }
    },
  },
]

/** What is wrong when two edits of the same state were sent at once. */
export function wrongEdits(edits: readonly Pick<Answer, 'status' | 'body'>[], kept: unknown): string[] {
  const statuses = edits.map(({ status }) => status).sort((a, b) => a - b)
  if (!Bun.deepEquals(statuses, [200, 409])) return [`the edits were answered ${statuses.join(' and ')}`]
  const winner = edits.find(({ status }) => status === 200)
  return Bun.deepEquals(winner?.body, kept)
    ? []
    : [`what was answered 200 is not kept: ${JSON.stringify(kept)}`]
}

async function putCart(
  { shop }: World,
  customer: string,
  condition: Record<string, string>,
  items: object[],
): Promise<Answer & { etag: string }> {
  const answer = await fetch(`${shop.gateway}/carts/${customer}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...condition },
    body: JSON.stringify({ items }),
  })
  return { status: answer.status, body: await answer.json(), etag: answer.headers.get('etag') ?? '' }
}

async function expectStatus<Got extends Answer>(status: number, asked: Promise<Got>): Promise<Got> {
  const answer = await asked
  if (answer.status === status) return answer
  throw new Error(`answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`)
}
