import { expect, setDefaultTimeout, test } from 'bun:test'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

/** No answer may take longer, whatever is down, in milliseconds. */
const patience = 9_000

function ask(shop: Shop, path: string, init: RequestInit = {}) {
  return fetch(`${shop.gateway}${path}`, { ...init, signal: AbortSignal.timeout(patience) })
}

function placeOrder(shop: Shop, key: string) {
  return ask(shop, '/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
}

function pidOf(shop: Shop, part: string): number {
  const pid = shop.pids()[part]
  if (pid === undefined) throw new Error(`${part} is not running`)
  return pid
}

test.each(['catalog', 'catalog.sidecar'])(
  'while %s hangs, what needs it is unavailable, the rest works, and all recovers',
  async part => {
    // one for each: the sidecar of an app that hung is started afresh
    await using shop = await startShop()
    const pid = pidOf(shop, part)
    process.kill(pid, 'SIGSTOP')
    try {
      for (const answer of [await ask(shop, '/products/11'), await placeOrder(shop, `hangs-${part}`)]) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
        expect(answer.headers.get('retry-after')).toBe('1')
        expect(await answer.json()).toMatchObject({ code: 'unavailable' })
      }
      expect((await ask(shop, '/stock/11')).status).toBe(200)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until('products are answered', async () => (await ask(shop, '/products/11')).ok)
    await until('orders are taken', async () => (await placeOrder(shop, `recovered-${part}`)).ok)
  },
)
