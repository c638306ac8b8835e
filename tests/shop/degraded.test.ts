import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, startOf } from '../../dapr/install/process-identity.ts'
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

test('without Go and Python the shop runs without shipping and insights, and says so', async () => {
  using path = onlyBun()
  await using shop = await startShop({ env: { PATH: path.name } })
  expect(shop.output()).toMatch(/^shipping is skipped: Go is not found.*; a flat shipping price is charged/m)
  expect(shop.output()).toMatch(/^insights is skipped: Python 3 is not found.*; nobody sees what was sold/m)
  for (const part of ['shipping', 'shipping.sidecar', 'insights', 'insights.sidecar']) {
    expect(shop.pids()).not.toHaveProperty([part])
  }

  const placed = await placeOrder(shop, 'flat')
  expect(placed.status).toBe(202)
  const { id, shippingCents } = (await placed.json()) as { id: string; shippingCents: number }
  expect(shippingCents).toBe(1500)
  await until('it is confirmed', async () => {
    const order = (await (await ask(shop, `/orders/${id}`)).json()) as { status: string }
    return order.status === 'confirmed'
  })
  for (const path of ['/totals', '/sales/products', `/shipments/${id}`]) {
    const answer = await ask(shop, path)
    expect({ path, status: answer.status }).toEqual({ path, status: 503 })
    expect(await answer.json()).toMatchObject({ code: 'unavailable' })
  }
  const history = (await (await ask(shop, `/orders/${id}/history`)).json()) as {
    type: string
    data: object
  }[]
  expect(history.find(({ type }) => type === 'shipping-arranged')?.data).not.toHaveProperty('trackingNumber')

  const demo = await shop.command('demo', '--orders', '40')
  expect({ ...demo }).toMatchObject({ code: 0, output: expect.stringContaining('the books balance') })
  expect(demo.output).toContain('the shop runs without shipping, at a flat price')
  expect(demo.output).toMatch(/insights +left out/)

  const processes = Object.values(shop.pids()).map(pid => ({ pid, started: startOf(pid) ?? '' }))
  await shop.stop()
  expect(processes.filter(isRunning)).toEqual([])
  expect(await shop.command('stop')).toMatchObject({ code: 0, output: 'nothing is running\n' })
})

/** A folder for the PATH that has Bun and nothing else; gone after `using`. */
function onlyBun(): Disposable & { name: string } {
  const name = mkdtempSync(join(tmpdir(), 'path-'))
  symlinkSync(process.execPath, join(name, 'bun'))
  return { name, [Symbol.dispose]: () => rmSync(name, { recursive: true }) }
}
