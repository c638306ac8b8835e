import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { ask, books, place, plentiful, provider, untilBooks, untilSettled, untilStep } from './checkouts.ts'
import { freshClone } from './clone.ts'
import { type Shop, startShop, until } from './shop.ts'

setDefaultTimeout(300_000)

const folder = 'services/orders/src/workflows'

/** Ships before it charges: other steps at the same places, which no instance of version 1 could go on with. */
function secondVersion(source: string): string {
  const stages = source.split('\n')
  const pay = stages.findIndex(line => line.includes("name: 'authorise-payment'"))
  const ship = stages.findIndex(line => line.includes("name: 'arrange-shipping'"))
  expect(ship).toBe(pay + 1)
  ;[stages[pay], stages[ship]] = [stages[ship] ?? '', stages[pay] ?? '']
  return stages.join('\n').replaceAll('checkoutV1', 'checkoutV2').replace('version: 1', 'version: 2')
}

/** Both are registered, and the second is started from now on. */
function registration(source: string): string {
  return source
    .replace(/^import \{ checkoutV1 .*$/m, "$&\nimport { checkoutV2 } from './checkout-v2.ts'")
    .replace("checkout: 'checkout-v1'", "checkout: 'checkout-v2'")
    .replace('checkoutV1(steps),', 'checkoutV1(steps), checkoutV2(steps),')
}

const workflowOf = async (shop: Shop, id: string) =>
  (await ask(shop, `/orders/${id}/checkout`)).body as { workflow: string; status: string }

test('a second version that is shipped while fifty sagas of the first are running disturbs none of them', async () => {
  using clone = freshClone()
  await using shop = await startShop({ root: clone.path, command: 'dev' })
  await provider(shop).stall()
  const old = await Promise.all(Array.from({ length: 50 }, () => place(shop, { productId: plentiful })))
  for (const id of old) await untilStep(shop, id, 'authorise-payment')

  const file = (name: string) => join(clone.path, folder, name)
  await Bun.write(file('checkout-v2.ts'), secondVersion(await Bun.file(file('checkout-v1.ts')).text()))
  await Bun.write(file('versions.ts'), registration(await Bun.file(file('versions.ts')).text()))
  let first = ''
  await until('new orders get the second version', async () => {
    first = await place(shop)
    return (await workflowOf(shop, first)).workflow === 'checkout-v2'
  })
  await provider(shop).goOn()

  for (const id of old) {
    expect(await untilSettled(shop, id, 120_000)).toMatchObject({ status: 'confirmed', version: 5 })
    await until('its workflow has ended', async () => (await workflowOf(shop, id)).status === 'COMPLETED')
    expect((await workflowOf(shop, id)).workflow).toBe('checkout-v1')
    const { events, charges } = await books(shop, id)
    expect(events.slice(1, 4)).toEqual(['stock-reserved', 'payment-authorised', 'shipping-arranged'])
    expect(charges).toHaveLength(1)
  }
  const next = await place(shop)
  for (const id of [first, next]) {
    expect(await untilSettled(shop, id, 120_000)).toMatchObject({ status: 'confirmed', version: 5 })
    expect((await workflowOf(shop, id)).workflow).toBe('checkout-v2')
    const found = await untilBooks(shop, id, ({ payment }) => payment === 'captured')
    expect(found.events.slice(1, 4)).toEqual(['stock-reserved', 'shipping-arranged', 'payment-authorised'])
  }
})
