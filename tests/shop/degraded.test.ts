import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(120_000)

/** No answer may take longer, whatever is down, in milliseconds. */
const patience = 9_000

let shop: Shop

beforeAll(async () => {
  shop = await startShop()
})

afterAll(async () => {
  await shop[Symbol.asyncDispose]()
})

function ask(path: string, init: RequestInit = {}) {
  return fetch(`${shop.gateway}${path}`, { ...init, signal: AbortSignal.timeout(patience) })
}

function placeOrder(key: string) {
  return ask('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
}

function pidOf(part: string): number {
  const pid = shop.pids()[part]
  if (pid === undefined) throw new Error(`${part} is not running`)
  return pid
}

test.each(['catalog', 'catalog.sidecar'])(
  'while %s hangs, what needs it is unavailable, the rest works, and all recovers',
  async part => {
    const pid = pidOf(part)
    process.kill(pid, 'SIGSTOP')
    try {
      for (const answer of [await ask('/products/11'), await placeOrder(`hangs-${part}`)]) {
        expect(answer.status).toBe(503)
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
        expect(answer.headers.get('retry-after')).toBe('1')
        expect(await answer.json()).toMatchObject({ code: 'unavailable' })
      }
      expect((await ask('/stock/11')).status).toBe(200)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until('products are answered', async () => (await ask('/products/11')).ok)
    await until('orders are taken', async () => (await placeOrder(`recovered-${part}`)).ok)
  },
)
