import { expect, test } from 'bun:test'
import { type DemoOptions, runDemo } from './run-demo.ts'
import { startFakeShop } from './test/fake-shop.ts'

const options: Omit<DemoOptions, 'origin'> = { orders: 830, concurrency: 8, patience: 10_000 }

test('the books of a shop that does all that follows balance', async () => {
  using shop = await startFakeShop({ shipping: true, insights: true })
  const { balanced, mismatches, figures } = await runDemo({ origin: shop.origin, ...options })
  expect(mismatches).toEqual([])
  expect(balanced).toBeTrue()
  const { confirmed, cancelled, rejected, accepted, open } = figures.orders
  expect({ accepted, open }).toEqual({ accepted: 563, open: 0 })
  expect(confirmed + cancelled + (rejected['insufficient-stock'] ?? 0)).toBe(563)
  expect(cancelled).toBeWithin(1, 11)
  expect(figures.shipments).toEqual({ arranged: confirmed, cancelled })
  const { authorised, captured, refunded } = figures.payments
  expect(authorised).toBe(captured)
  expect(captured - refunded).toBe(figures.cents.confirmed + figures.shippingCents)
})

test('so do those of a shop without shipping and insights', async () => {
  using shop = await startFakeShop({ shipping: false, insights: false })
  const { mismatches, figures } = await runDemo({ origin: shop.origin, ...options, orders: 100 })
  expect(mismatches).toEqual([])
  expect(figures.parts).toEqual({ shipping: false, insights: false })
  expect(figures.shippingCents).toBe(1500 * figures.orders.confirmed)
}, 20_000)

test('those of a shop that takes money twice do not', async () => {
  using shop = await startFakeShop({ shipping: true, insights: true }, ({ payment }) => {
    payment.capturedCents *= 2
  })
  const { balanced, mismatches } = await runDemo({ origin: shop.origin, ...options, orders: 5 })
  expect(balanced).toBeFalse()
  expect(new Set(mismatches.map(({ code }) => code))).toEqual(new Set(['captured-differs']))
})
