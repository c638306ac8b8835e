import { expect, setDefaultTimeout, test } from 'bun:test'
import { isRunning, startOf } from '../../dapr/install/process-identity.ts'
import { demo, units } from './replay.ts'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(300_000)

interface Order {
  id: string
  status: string
}

test('after kill -9 of everything in the middle of checkouts, each order ends and the books balance', async () => {
  await using shop = await startShop()
  const opening = await units(shop)
  const { result } = demo(shop, '--orders', '200')
  await until('orders are under way', async () => (await units(shop)).onHand < opening.onHand - 500, 60_000)

  const processes = Object.values(shop.pids()).map(pid => ({ pid, started: startOf(pid) ?? '' }))
  // the starter first: it would start the others again
  shop.starter.kill('SIGKILL')
  for (const { pid } of processes) process.kill(pid, 'SIGKILL')
  await until('all are gone', () => !processes.some(isRunning))

  await using next = await startShop({ home: shop.home, offset: shop.offset })
  const { figures } = await result
  expect(figures.orders).toMatchObject({ sent: 200, open: 0, unclear: 0 })
  // those who asked were answered after the restart
  expect(figures.retries).toBeGreaterThan(0)
  expect(await units(next)).toEqual({ onHand: opening.onHand - figures.units.confirmed, reserved: 0 })
})

test('an order that was placed right before kill -9 of everything is confirmed by the next start', async () => {
  await using shop = await startShop()
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => place(shop, `before-${index}`)))
  shop.starter.kill('SIGKILL')
  for (const pid of Object.values(shop.pids())) process.kill(pid, 'SIGKILL')
  await shop.starter.exited

  await using next = await startShop({ home: shop.home, offset: shop.offset })
  for (const id of ids) {
    await until(`${id} is confirmed`, async () => (await order(next, id)).status === 'confirmed', 90_000)
    const paid = async () => (await (await fetch(`${next.gateway}/payments/${id}`)).json()) as Order
    await until(`${id} is paid for`, async () => (await paid()).status === 'captured', 60_000)
  }
  // asked for again, nothing is placed twice
  expect(await place(next, 'before-0')).toBe(ids[0] as string)
  await until('nothing is reserved', async () => (await units(next)).reserved === 0)
})

async function place(shop: Shop, key: string): Promise<string> {
  const answer = await fetch(`${shop.gateway}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: 'ALFKI', lines: [{ productId: 11, quantity: 1 }] }),
  })
  expect(answer.ok).toBe(true)
  return ((await answer.json()) as Order).id
}

async function order(shop: Shop, id: string): Promise<Order> {
  return (await (await fetch(`${shop.gateway}/orders/${id}`)).json()) as Order
}
