import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import { demo, units } from './replay.ts'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(600_000)

// 563 of the 830 orders name no discontinued product; at the catalogue's prices they cost this much.
const orderable = 563
const orderableCents = 88_149_488
// So many of them were never sent, and are cancelled when they have been confirmed.
const unshipped = 10

test('the demo balances the books on a new shop, and once more on what stock is left', async () => {
  await using shop = await startShop()
  const opening = await units(shop)

  const first = await demo(shop).result
  expectBalanced(first)
  // In the order of the file 503 can be met; requests in flight together arrive in another one.
  const { confirmed, cancelled } = first.figures.orders
  expect(confirmed + cancelled).toBeWithin(480, 530)
  expect(cancelled).toBeWithin(1, unshipped + 1)

  const second = await demo(shop).result
  expectBalanced(second)
  expect(second.runId).not.toBe(first.runId)
  expect(second.figures.orders.confirmed).toBeWithin(1, confirmed)

  const sold = first.figures.units.confirmed + second.figures.units.confirmed
  expect(await units(shop)).toEqual({ onHand: opening.onHand - sold, reserved: 0 })
})

test('the books balance although inventory freezes for longer than its health check allows', async () => {
  await using shop = await startShop()
  const { onHand } = await units(shop)
  const { result } = demo(shop)

  await until('the first orders are fulfilled', async () => (await units(shop)).onHand < onHand - 2_000)
  const { inventory } = shop.pids()
  if (inventory === undefined) throw new Error(`inventory is not running:\n${shop.output()}`)
  process.kill(inventory, 'SIGSTOP')
  await until('its sidecar notices', async () => (await sidecarLog(shop, 'inventory')).includes('un-healthy'))
  process.kill(inventory, 'SIGCONT')

  expectBalanced(await result)
  expect(shop.output()).toContain('inventory was away and is back; its sidecar starts afresh')
})

function sidecarLog(shop: Shop, service: string): Promise<string> {
  return Bun.file(join(shop.home, '.local/logs', `${service}.sidecar.log`)).text()
}

function expectBalanced({ balanced, figures }: DemoResult): void {
  const { sent, refused, accepted, confirmed, cancelled, rejected, open, unclear } = figures.orders
  expect(balanced).toBeTrue()
  expect({ sent, refused, accepted, open, unclear }).toEqual({
    sent: 830,
    refused: { 'product-discontinued': 830 - orderable },
    accepted: orderable,
    open: 0,
    unclear: 0,
  })
  expect(rejected).toEqual({ 'insufficient-stock': orderable - confirmed - cancelled })
  expect(figures.cents.accepted).toBe(orderableCents)
  const { captured, refunded } = figures.payments
  expect(captured - refunded).toBe(figures.cents.confirmed + figures.shippingCents)
  if (figures.shipments) expect(figures.shipments).toEqual({ arranged: confirmed, cancelled })
}
